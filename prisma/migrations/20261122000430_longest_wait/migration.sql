-- A call that several limits refuse is told of the one that refuses it longest. Before, the first one was named, so that
-- a call that passed a limit per minute and one per day was told to come again within the minute.

-- Of the limits that a call lacks something of, [[quota, amount], …], the one that the answer names: the first that is
-- of money (or is gone), else the one whose window ends last. A limit with less room than that in any window refuses
-- for good; one without a window may have room at any time.
CREATE FUNCTION longest_refusing(lacking jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF jsonb_array_length(lacking) = 1 THEN
    RETURN lacking->0;
  END IF;
  RETURN (
    SELECT entry FROM jsonb_array_elements(lacking) WITH ORDINALITY AS item(entry, place) LEFT JOIN quota ON id = entry->>0
    ORDER BY id IS NULL OR kind IN ('credit', 'budget') DESC,
      CASE WHEN id IS NULL OR kind IN ('credit', 'budget') THEN NULL
        WHEN cap < (entry->>1)::numeric THEN 'infinity'
        ELSE coalesce(period_ends, '-infinity') END DESC,
      place
    LIMIT 1);
END $$;

-- Says which of the calls that wait get what they need, each all of it or nothing, in the order in which they came.
-- `room` is that of the scarce quotas; only they can refuse anybody.
CREATE OR REPLACE FUNCTION choose_calls(needs jsonb, room jsonb, at timestamptz, OUT granted int[], OUT refused jsonb)
  LANGUAGE plpgsql AS $$
DECLARE
  number int;
  scarce jsonb;
  entry jsonb;
  lacking jsonb;
BEGIN
  granted := '{}';
  refused := '[]';
  FOR number IN 0 .. jsonb_array_length(needs) - 1 LOOP
    scarce := '[]';
    lacking := '[]';
    FOR entry IN SELECT * FROM jsonb_array_elements(needs->number) LOOP
      CONTINUE WHEN NOT room ? (entry->>0);
      scarce := scarce || jsonb_build_array(entry);
      IF (room->>(entry->>0))::numeric < (entry->>1)::numeric THEN
        lacking := lacking || jsonb_build_array(entry);
      END IF;
    END LOOP;
    IF lacking <> '[]' THEN
      entry := longest_refusing(lacking);
      refused := refused || refusal(number, entry->>0, (entry->>1)::numeric, at);
      CONTINUE;
    END IF;
    granted := granted || number;
    FOR entry IN SELECT * FROM jsonb_array_elements(scarce) LOOP
      room := room || jsonb_build_object(entry->>0, (room->>(entry->>0))::numeric - (entry->>1)::numeric);
    END LOOP;
  END LOOP;
END $$;
