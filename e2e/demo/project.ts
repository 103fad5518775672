/** What a team's checkout looks like before its first sandbox. The `.env` is the mistake everybody makes. */
export const projectFiles = (productionUrl: string) => ({
  'stuntdouble.yaml': `# The operator's: the only place that knows where production is.
sources:
  shop:
    kind: postgres
    url: "\${env:SHOP_URL}"
    policy: ./masking.yaml
limits:
  poolSize: 8g
`,
  'sandbox.yaml': `# The blueprint: what a sandbox consists of.
ttl: 30m
idle: 15m
data:
  db: { source: shop }
workspace: { from: "." }
limits: { cpus: 1, memory: 1g, pids: 256 }
`,
  '.env': `DATABASE_URL=${productionUrl}\n`,
  'package.json': '{ "name": "shop", "private": true, "type": "module" }\n',
  'README.md': '# Shop\n\nThe monthly report: `node src/report.js`.\n',
  'src/report.js': `import { execFileSync } from 'node:child_process'
const query = 'SELECT month::date, sum(cents) / 100 FROM revenue GROUP BY 1 ORDER BY 1'
console.log(execFileSync('psql', [process.env.DATABASE_URL, '-c', query]).toString())
`,
})
