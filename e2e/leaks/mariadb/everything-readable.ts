/** A shell command: every row of every catalog that the client of this command may read. */
export const everyCatalog = (client: string) => `
for catalog in $(${client} -N -B -e "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'information_schema'"); do
  ${client} -N -B -e "SELECT * FROM information_schema.$catalog" 2>/dev/null || true
done
${client} -N -B -e 'SHOW GLOBAL VARIABLES; SHOW GLOBAL STATUS; SHOW GRANTS'`
