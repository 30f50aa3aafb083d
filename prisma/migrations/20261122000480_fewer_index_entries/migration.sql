-- One index of the request log fewer, and what calls took of limits added up with less (docs/decisions/0030).

-- Newest first, and a call by its id and its time, which its usage event tells: one index does for both. It is also the
-- one month that is looked at then, and no longer all of them.
ALTER TABLE request_log DROP CONSTRAINT request_log_pkey;
DROP INDEX request_log_started_at_call_id_idx;
ALTER TABLE request_log ADD CONSTRAINT request_log_pkey PRIMARY KEY (started_at, call_id);

-- As in migration posting_for_less. Nearly all entries end with what was taken; of those nothing more is looked for, and
-- the amount is read once.
CREATE OR REPLACE FUNCTION uses_of(entries jsonb) RETURNS TABLE (quota_id text, period bigint, hold numeric, taken numeric,
  cost numeric, kept numeric, fenced numeric) LANGUAGE sql IMMUTABLE AS $$
  SELECT quota_id, period, hold, taken,
    CASE WHEN is_all THEN taken ELSE coalesce((entry->>4)::numeric, taken) END,
    CASE WHEN is_all THEN 0 ELSE coalesce((entry->>5)::numeric, 0) END,
    CASE WHEN is_all THEN 0 ELSE coalesce((entry->>6)::numeric, 0) END
  FROM (
    SELECT entry, entry->>0 AS quota_id, (entry->>1)::bigint AS period, (entry->>2)::numeric AS hold,
      coalesce(entry->>3, entry->>2)::numeric AS taken, jsonb_array_length(entry) <= 4 AS is_all
    FROM jsonb_array_elements(entries) AS entry OFFSET 0) AS told
$$;
