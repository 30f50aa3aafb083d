-- A call may only be logged once a month: the key of a partitioned table holds the column it is partitioned by.
ALTER TABLE "request_log" DROP CONSTRAINT "request_log_pkey",
ADD COLUMN "member_id" TEXT,
ADD CONSTRAINT "request_log_pkey" PRIMARY KEY ("call_id", "started_at");

CREATE TABLE "request_body" (
    "call_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "wrapped_key" BYTEA NOT NULL,
    "ciphertext" BYTEA NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "request_body_pkey" PRIMARY KEY ("call_id")
);

CREATE INDEX "request_body_expires_at_idx" ON "request_body"("expires_at");
CREATE INDEX "request_body_organization_id_idx" ON "request_body"("organization_id");
