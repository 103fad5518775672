CREATE TABLE matrix (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT COMMENT 'nobody reads this',
  tiny TINYINT, flag TINYINT(1), small SMALLINT UNSIGNED, medium MEDIUMINT, big BIGINT UNSIGNED,
  padded INT(6) ZEROFILL, extreme DECIMAL(65, 30), price DECIMAL(30, 10), single FLOAT, short_float FLOAT(7, 2), twice DOUBLE,
  bits BIT(64), one BIT(1),
  day DATE, moment DATETIME(6), stamp TIMESTAMP(3) NULL, clock TIME(2), span TIME(6), year YEAR,
  fixed CHAR(10), words VARCHAR(200), old VARCHAR(50) CHARACTER SET latin1, three VARCHAR(50) CHARACTER SET utf8mb3, cyrillic CHAR(20) CHARACTER SET cp1251,
  wide VARCHAR(20) CHARACTER SET utf16, note TEXT, novel LONGTEXT,
  raw BINARY(4), more VARBINARY(300), picture LONGBLOB,
  doc JSON, mood ENUM('glad', 'it''s', 'ü'), tags SET('a', 'b', 'c'),
  uid UUID, ip6 INET6, ip4 INET4, spots MULTIPOINT, place POINT, area GEOMETRY,
  hidden INT INVISIBLE DEFAULT 7,
  total DECIMAL(31, 10) GENERATED ALWAYS AS (price * 2) STORED,
  loud VARCHAR(200) GENERATED ALWAYS AS (UPPER(words)) VIRTUAL,
  squeezed TEXT COMPRESSED,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='a table';

INSERT INTO matrix (id) VALUES (1);

INSERT INTO matrix SET id = 2, tiny = -128, flag = 1, small = 65535, medium = -8388608, big = 18446744073709551615,
  padded = 42, price = 12345678901234567890.0123456789, single = 0.1, short_float = 12345.67, twice = 0.1 + 0.2,
  bits = b'1000000000000000000000000000000000000000000000000000000000000001', one = b'1',
  day = '9999-12-31', moment = '2024-02-29 23:59:59.123450', stamp = '2038-01-19 03:14:07.999', clock = '-838:59:59.00', span = '-00:00:00.000001', year = 2155, extreme = -99999999999999999999999999999999999.999999999999999999999999999999,
  fixed = 'ab ', words = 'tab\there, line\nthere, back\\slash, return\r, bell\b, form\f and vt', old = 'Zoë €', cyrillic = 'Привет',
  wide = 'naïve 🦊', note = CONCAT('null byte ', CHAR(0 USING utf8mb4), ' and sub ', CHAR(26 USING utf8mb4)), novel = REPEAT('long 🦊 \t', 60000),
  raw = 0x00095C0A, more = UNHEX('00FF0A0D09275C7827'), picture = REPEAT(UNHEX('00FF5C4E'), 300000),
  doc = '{"a": 1, "a": 12345678901234567890, "t": "x\\ty"}', mood = 'it''s', tags = 'a,c',
  uid = '123e4567-e89b-12d3-a456-426655440000', ip6 = '2001:db8::1', ip4 = '10.1.2.3', spots = ST_GeomFromText('MULTIPOINT(1 2, -3 4)'), three = 'Łódź ﬁ', place = POINT(1.5, -2.5),
  area = ST_GeomFromText('POLYGON((0 0,0 3,3 3,3 0,0 0))', 4326), hidden = 9, squeezed = REPEAT('squeezed ', 100);

INSERT INTO matrix SET id = 3, tiny = 0, single = 3.4028234e38, twice = -1.7976931348623157e308, day = '2000-01-01', fixed = '', words = '', old = '',
  note = '\\N', novel = '\\', raw = '', more = '', picture = '', doc = 'null', tags = '', mood = 'ü', ip6 = '::ffff:10.0.0.1', bits = 0, one = 0, clock = '00:00:00', year = 0;

SET sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO';

INSERT INTO matrix SET id = 0, day = '0000-00-00', moment = '0000-00-00 00:00:00', stamp = '0000-00-00 00:00:00', words = '  blanks  ';

INSERT INTO matrix SET id = 5, day = '2023-02-31', moment = '2000-00-15 10:00:00', words = '\\N', single = 1e-38, twice = 5e-324;
