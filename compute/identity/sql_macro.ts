/**
 * DuckDB macros that give the same ids as `entityIds`: `uuid5(namespace, name)` over texts, and
 * `entity_uuid(service, kind, [part, …])`, NULL where a part is NULL. Parts that are no texts are cast to VARCHAR, which for whole
 * numbers is their decimal form. RE2's `\p{Z}` and the characters beside it are what ECMAScript trims.
 */
export const IDENTITY_MACROS: readonly string[] = [
  `CREATE OR REPLACE MACRO uuid5(namespace, name) AS (
    SELECT substr(d, 1, 8) || '-' || substr(d, 9, 4) || '-5' || substr(d, 14, 3) || '-'
      || substr('89ab', (instr('0123456789abcdef', substr(d, 17, 1)) - 1) % 4 + 1, 1) || substr(d, 18, 3) || '-' || substr(d, 21, 12)
    FROM (SELECT sha1(unhex(replace(namespace, '-', '')) || encode(name)) AS d))`,
  `CREATE OR REPLACE MACRO entity_key_part(part) AS
    regexp_replace(nfc_normalize(part::VARCHAR), '^[\\t\\n\\x0b\\f\\r\\x{feff}\\p{Z}]+|[\\t\\n\\x0b\\f\\r\\x{feff}\\p{Z}]+$', '', 'g')`,
  `CREATE OR REPLACE MACRO entity_uuid(service, kind, parts) AS
    CASE WHEN len(list_filter(parts, lambda part: part IS NULL)) = 0 THEN
      uuid5(uuid5(uuid5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', service), kind),
        list_reduce(list_prepend('', list_transform(parts, lambda part: strlen(entity_key_part(part))::VARCHAR || ':' || entity_key_part(part))),
          lambda whole, part: whole || part)) END`,
];
