-- Every type that is masked, every promise that a mask has to keep.
CREATE EXTENSION citext;
CREATE SCHEMA ext;
CREATE EXTENSION hstore SCHEMA ext;
CREATE EXTENSION ltree SCHEMA ext;
CREATE EXTENSION btree_gist;
CREATE DOMAIN short_name AS varchar(12) CHECK (VALUE <> '');
CREATE TYPE home AS (street text, zip varchar(8), floor int, parts short_name[]);
CREATE TYPE mood AS ENUM ('sad', 'happy');

CREATE TABLE person (
  id int PRIMARY KEY, mail citext UNIQUE, login text NOT NULL, nick char(12), short short_name,
  nicks short_name[], grid text[][], tagged citext[], moods mood[], place home, places home[], more ext.hstore, path ext.ltree,
  stay daterange, stays tsrange[], born date, doc json, docb jsonb, raw bytea, page xml, ip inet, mac macaddr,
  words tsvector, lat numeric(9,6), salary money, kept text, kept_json json,
  made tsvector GENERATED ALWAYS AS (to_tsvector('english', coalesce(login, ''))) STORED
);
CREATE UNIQUE INDEX person_login ON person (lower(login));
CREATE TRIGGER words BEFORE INSERT OR UPDATE ON person FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger(words, 'pg_catalog.english', login);
INSERT INTO person SELECT n, 'Person' || n || '@Corp.Example', CASE WHEN n % 2 = 0 THEN 'Jane' ELSE 'JOHN' END || n, 'nick' || n, 'Short' || n,
  ARRAY['Ann' || n, 'B"o,b', NULL]::text[]::short_name[], ARRAY[ARRAY['Jane Doe' || n, ''], ARRAY[E'a\\b', NULL]], ARRAY['Ann@X.de', 'b'], '{sad,NULL,happy}',
  ('("12 ""Elm"", Street ' || n || '",9021' || n % 10 || ',' || n || ',"{Attic,NULL}")')::home, ARRAY[ROW('Elm ' || n, NULL, NULL, NULL)::home, NULL],
  ext.hstore(ARRAY['phone', 'note "x"', 'none'], ARRAY['+49 30 123' || n, 'call Jane \ Doe', NULL]), ('top.jane' || n)::text::ext.ltree,
  daterange('1980-01-01'::date + n, '1990-01-01'::date + n), ARRAY[tsrange('2020-01-01 10:00', '2020-01-02 11:30:15.5'), 'empty', tsrange(NULL, 'infinity')],
  '1980-01-01'::date + n, '{"a": "Jane", "a": 12345678901234567890, "n": null}', '"Jane scalar"', '\x00ff01', '<a b="Jane">Doe</a>', '10.1.2.3', '08:00:2b:01:02:03',
  'poison:1', 12.345678, 1234.56, E'kept\ttab \\ é😀', '{"dup":1,"dup":12345678901234567890.10}'
  FROM generate_series(1, 60) n;
INSERT INTO person (id, login) VALUES (1000, ''), (1001, 'x');

CREATE TABLE mention (id int PRIMARY KEY, mail citext REFERENCES person (mail) DEFERRABLE INITIALLY DEFERRED, undeclared text);
INSERT INTO mention SELECT n, upper('person' || n || '@corp.example'), 'Person' || n || '@Corp.Example' FROM generate_series(1, 60) n;

CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY, tenant text NOT NULL, at timestamp NOT NULL, left_at timestamp, CHECK (left_at > at), PRIMARY KEY (id, tenant)) PARTITION BY LIST (tenant);
CREATE TABLE visit_acme PARTITION OF visit FOR VALUES IN ('acme');
CREATE TABLE visit_rest PARTITION OF visit DEFAULT PARTITION BY HASH (id);
CREATE TABLE visit_rest_0 PARTITION OF visit_rest FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE visit_rest_1 PARTITION OF visit_rest FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO visit (tenant, at, left_at) SELECT CASE n % 3 WHEN 0 THEN 'acme' ELSE 'firm' || n END, '2024-01-01'::timestamp + n * interval '1 hour', '2024-01-01'::timestamp + n * interval '1 hour 1 second' FROM generate_series(1, 50) n;

CREATE TABLE booking (id int PRIMARY KEY, guest text, during tsrange, gone timestamptz, code text, EXCLUDE USING gist (guest WITH =, during WITH &&));
CREATE UNIQUE INDEX booking_live ON booking (code) WHERE gone IS NULL;
INSERT INTO booking SELECT n, 'Guest' || n % 4, tsrange('2024-01-01'::timestamp + n * interval '1 day', '2024-01-02'::timestamp + n * interval '1 day'), CASE WHEN n > 10 THEN now() END, 'C' || n % 11 FROM generate_series(1, 21) n;

CREATE TABLE chain (code varchar(20) PRIMARY KEY, next varchar(30) REFERENCES chain);
INSERT INTO chain VALUES ('Start A'), ('Next b'); UPDATE chain SET next = 'Start A' WHERE code = 'Next b'; UPDATE chain SET next = 'Next b' WHERE code = 'Start A';
