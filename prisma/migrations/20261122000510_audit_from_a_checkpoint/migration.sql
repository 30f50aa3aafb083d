-- The audit of what is new reads no more than that, however long an organization has been there
-- (docs/decisions/0033): what wallets and limits come to is kept up to a moment, and added to.

-- Up to when all books were looked at: of all that was recorded before, the sums are in audit_standing.
CREATE TABLE audit_checkpoint (
    is_only BOOLEAN NOT NULL DEFAULT true,
    until TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT audit_checkpoint_pkey PRIMARY KEY (is_only),
    CONSTRAINT audit_checkpoint_is_only CHECK (is_only)
);

-- What calls used of a limit in a period, by its id, and what the lines of a wallet sum to, by its account and 0.
CREATE TABLE audit_standing (
    subject TEXT NOT NULL,
    period BIGINT NOT NULL,
    amount DECIMAL(38,12) NOT NULL,

    CONSTRAINT audit_standing_pkey PRIMARY KEY (subject, period)
);

-- The moment before which nothing is recorded any more: recorded_at is a time within its transaction, so no transaction
-- that is still open can bring a row from before it began. Only the application's role writes the books, and a role sees
-- its own transactions. A second is for one that has just begun and does not show yet.
CREATE FUNCTION recorded_until() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT least(clock_timestamp() - interval '1 second', (
    SELECT min(xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()))
$$;

-- What the lines of wallets sum to that were recorded since, by account. OFFSET 0 keeps the condition on the account from
-- Postgres, which would look for it in the index of all wallets' lines, once for each transaction.
CREATE FUNCTION wallet_lines_since(since timestamptz) RETURNS TABLE (account text, amount numeric)
  LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF since = '-infinity' THEN
    RETURN QUERY SELECT p.account, sum(p.amount) FROM posting AS p WHERE p.account LIKE 'wallet:%' GROUP BY 1;
  ELSE
    RETURN QUERY SELECT line.account, sum(line.amount)
    FROM ledger_transaction AS t CROSS JOIN LATERAL (
      SELECT p.account, p.amount FROM posting AS p WHERE p.transaction_id = t.id OFFSET 0
    ) AS line
    WHERE t.recorded_at >= since AND line.account LIKE 'wallet:%' GROUP BY 1;
  END IF;
END $$;

-- What calls used more of their limits, and of wallets, by the figures that were recorded since: the newest figure of each,
-- less the one that was the newest then.
CREATE FUNCTION limit_uses_since(since timestamptz) RETURNS TABLE (quota_id text, period bigint, amount numeric)
  LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY WITH figure AS (
    SELECT e.*, row_number() OVER newest_first = 1 AS is_newest FROM usage_event AS e
    WHERE e.recorded_at >= since WINDOW newest_first AS (PARTITION BY e.call_id ORDER BY e.revision DESC)
  ), first_figure AS (
    SELECT f.call_id, min(f.revision) AS revision FROM figure AS f GROUP BY 1 HAVING min(f.revision) > 1
  ), change AS (
    SELECT f.organization_id, CASE WHEN f.charged THEN f.amount ELSE 0 END AS charge, f.quotas, 1 AS sign
    FROM figure AS f WHERE f.is_newest
    UNION ALL
    SELECT e.organization_id, CASE WHEN e.charged THEN e.amount ELSE 0 END, e.quotas, -1
    FROM first_figure AS f CROSS JOIN LATERAL (
      SELECT earlier.* FROM usage_event AS earlier
      WHERE earlier.call_id = f.call_id AND earlier.revision = f.revision - 1 OFFSET 0
    ) AS e
  )
  SELECT used.quota_id, used.period, sum(c.sign * used.cost)
  FROM change AS c CROSS JOIN LATERAL uses_of(c.quotas) AS used
  WHERE used.quota_id <> 'credit:' || c.organization_id GROUP BY 1, 2
  UNION ALL
  SELECT 'credit:' || c.organization_id, 0, sum(c.sign * c.charge) FROM change AS c GROUP BY 1;
END $$;

-- Moves the checkpoint on to a moment before which nothing is recorded any more. `anew` forgets the sums so far and adds
-- everything up again.
CREATE FUNCTION advance_audit(moment timestamptz, anew boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  begun timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('audit_checkpoint'));
  begun := coalesce((SELECT until FROM audit_checkpoint WHERE NOT anew), '-infinity');
  IF moment <= begun THEN
    RETURN; -- Another audit was faster.
  END IF;
  IF begun = '-infinity' THEN
    DELETE FROM audit_standing;
  END IF;
  INSERT INTO audit_standing AS standing (subject, period, amount)
  SELECT subject, period, sum(amount) FROM (
    SELECT account AS subject, 0::bigint AS period, amount FROM wallet_lines_since(begun)
    UNION ALL SELECT account, 0, -amount FROM wallet_lines_since(moment)
    UNION ALL SELECT quota_id, period, amount FROM limit_uses_since(begun)
    UNION ALL SELECT quota_id, period, -amount FROM limit_uses_since(moment)
  ) AS counted GROUP BY 1, 2 HAVING sum(amount) <> 0
  ON CONFLICT (subject, period) DO UPDATE SET amount = standing.amount + excluded.amount;
  -- A window that is over does not come back.
  DELETE FROM audit_standing AS standing USING quota WHERE quota.id = subject AND standing.period < quota.period;
  INSERT INTO audit_checkpoint (until) VALUES (moment) ON CONFLICT (is_only) DO UPDATE SET until = excluded.until;
END $$;
