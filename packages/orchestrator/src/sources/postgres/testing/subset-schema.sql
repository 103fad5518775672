-- Every way in which rows refer to rows; ids tell who belongs to whom.
CREATE TABLE country (code text PRIMARY KEY);
INSERT INTO country VALUES ('DE'), ('FR'), ('IT');

CREATE TABLE customer (
  id int PRIMARY KEY,
  email text UNIQUE NOT NULL,
  country text REFERENCES country,
  referred_by int REFERENCES customer DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO customer SELECT i, 'c' || i || '@canary.example', (ARRAY['DE', 'FR', 'IT', NULL])[1 + i % 4],
  CASE WHEN i % 10 = 0 THEN i / 10 END FROM generate_series(1, 400) i;

SET CONSTRAINTS ALL IMMEDIATE;

-- Two keys to one table, one of them to a unique column; a generated column; a circle by last_order.
CREATE TABLE "order" (
  id bigint PRIMARY KEY,
  customer_id int NOT NULL REFERENCES customer,
  contact text REFERENCES customer (email) ON UPDATE CASCADE,
  total numeric NOT NULL,
  doubled numeric GENERATED ALWAYS AS (total * 2) STORED
);
INSERT INTO "order" SELECT i, 1 + i % 400, 'c' || (1 + (i * 7) % 400) || '@canary.example', i FROM generate_series(1, 4000) i;
ALTER TABLE customer ADD last_order bigint REFERENCES "order" DEFERRABLE;
UPDATE customer SET last_order = (id + 100) % 4000 + 1 WHERE id % 3 = 0;

-- A composite key, and MATCH FULL from a table without one.
CREATE TABLE line (order_id bigint REFERENCES "order", number int, PRIMARY KEY (order_id, number));
INSERT INTO line SELECT i, n FROM generate_series(1, 4000) i, generate_series(1, 2) n;
CREATE TABLE shipment (order_id bigint, number int, parcel text,
  FOREIGN KEY (order_id, number) REFERENCES line MATCH FULL);
INSERT INTO shipment SELECT i, 1, 'parcel' FROM generate_series(1, 4000, 3) i;
INSERT INTO shipment SELECT NULL, NULL, 'lost' FROM generate_series(1, 5);

-- Partitions on either side; an integer that refers to a bigint.
CREATE TABLE ledger (id bigint, year int, PRIMARY KEY (id, year)) PARTITION BY LIST (year);
CREATE TABLE ledger_2023 PARTITION OF ledger FOR VALUES IN (2023);
CREATE TABLE ledger_2024 PARTITION OF ledger FOR VALUES IN (2024) ;
INSERT INTO ledger SELECT i, 2023 + i % 2 FROM generate_series(1, 1000) i;
CREATE TABLE visit (customer_id int REFERENCES customer, day date, ledger_id int, year int,
  FOREIGN KEY (ledger_id, year) REFERENCES ledger) PARTITION BY RANGE (day);
CREATE TABLE visit_old PARTITION OF visit FOR VALUES FROM (MINVALUE) TO ('2024-01-01') PARTITION BY RANGE (day);
CREATE TABLE visit_older PARTITION OF visit_old FOR VALUES FROM (MINVALUE) TO ('2023-06-01');
CREATE TABLE visit_newer PARTITION OF visit_old DEFAULT;
CREATE TABLE visit_new PARTITION OF visit DEFAULT;
INSERT INTO visit SELECT 1 + i % 400, date '2023-01-01' + i % 700, 1 + i % 1000, 2023 + (1 + i % 1000) % 2 FROM generate_series(1, 2000) i;

-- Rows of a child table are no rows of its parent to a key.
CREATE TABLE note (id int PRIMARY KEY, customer_id int REFERENCES customer);
CREATE TABLE vip_note (stars int) INHERITS (note);
INSERT INTO note SELECT i, i FROM generate_series(1, 400) i;
INSERT INTO vip_note SELECT i, i, 5 FROM generate_series(1, 400) i;

-- A key that was never checked, with rows that dangle.
CREATE TABLE complaint (id int PRIMARY KEY, customer_id int);
INSERT INTO complaint SELECT i, i FROM generate_series(395, 405) i;
ALTER TABLE complaint ADD CONSTRAINT complaint_customer FOREIGN KEY (customer_id) REFERENCES customer NOT VALID;

-- Equal by an operator of an extension: 'vip' refers to 'VIP'.
CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE TABLE tag (label ext.citext PRIMARY KEY);
INSERT INTO tag VALUES ('VIP'), ('New');
CREATE TABLE tagged (customer_id int REFERENCES customer, label ext.citext REFERENCES tag);
INSERT INTO tagged SELECT i, CASE i % 2 WHEN 0 THEN 'vip' ELSE 'NEW' END FROM generate_series(1, 400) i;

-- Nothing leads here but what the operator says; no name is plain.
CREATE SCHEMA "Odd ""Name";
CREATE TABLE "Odd ""Name"."a.b" ("of whom" text, oid int, leaf int);
INSERT INTO "Odd ""Name"."a.b" SELECT i::text, i, i FROM generate_series(1, 400) i;
CREATE TABLE audit (id int PRIMARY KEY, message text);
INSERT INTO audit SELECT i, 'm' FROM generate_series(1, 100) i;
ANALYZE;

-- One partition is on a server that does not answer.
CREATE EXTENSION postgres_fdw;
CREATE SERVER nowhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '1');
CREATE USER MAPPING FOR CURRENT_USER SERVER nowhere;
CREATE TABLE reading (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE reading_now PARTITION OF reading DEFAULT;
CREATE FOREIGN TABLE reading_far PARTITION OF reading FOR VALUES FROM ('2000-01-01') TO ('2001-01-01') SERVER nowhere;
INSERT INTO reading SELECT i, '2024-01-01' FROM generate_series(1, 10) i;
