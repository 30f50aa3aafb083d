-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "quota" (
    "id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "scope_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "cap" DECIMAL(38,12) NOT NULL,
    "spent" DECIMAL(38,12) NOT NULL DEFAULT 0,
    "leased" DECIMAL(38,12) NOT NULL DEFAULT 0,

    CONSTRAINT "quota_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_transaction" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "ledger_transaction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "posting" (
    "transaction_id" TEXT NOT NULL,
    "line" INTEGER NOT NULL,
    "account" TEXT NOT NULL,
    "amount" DECIMAL(38,12) NOT NULL,

    CONSTRAINT "posting_pkey" PRIMARY KEY ("transaction_id","line")
);

-- CreateTable
CREATE TABLE "usage_event" (
    "call_id" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "api_key_id" TEXT NOT NULL,
    "provider_id" TEXT,
    "model_id" TEXT,
    "offer_id" TEXT,
    "price_version_id" TEXT,
    "units" JSONB NOT NULL,
    "cost_lines" JSONB NOT NULL,
    "amount" DECIMAL(38,12) NOT NULL,
    "provider_cost" DECIMAL(38,12) NOT NULL,
    "charged" BOOLEAN NOT NULL,
    "rank" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "reconciled_at" TIMESTAMPTZ(6),
    "reconciliation" TEXT,

    CONSTRAINT "usage_event_pkey" PRIMARY KEY ("call_id","revision")
);

-- CreateTable
CREATE TABLE "request_log" (
    "call_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "api_key_id" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "stream" BOOLEAN NOT NULL,
    "requested_model" TEXT NOT NULL,
    "requested_provider" TEXT,
    "model_id" TEXT,
    "provider_id" TEXT,
    "upstream_model" TEXT,
    "upstream_id" TEXT,
    "outcome" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "error_code" TEXT,
    "finish_reason" TEXT,
    "prompt_tokens" INTEGER,
    "completion_tokens" INTEGER,
    "cached_tokens" INTEGER,
    "reasoning_tokens" INTEGER,
    "cost" DECIMAL(38,12) NOT NULL,
    "cost_basis" TEXT NOT NULL,
    "attempts" JSONB NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "time_to_first_token_ms" INTEGER,
    "source" TEXT,
    "session_id" TEXT,
    "client_request_id" TEXT,
    "tags" JSONB NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "request_log_pkey" PRIMARY KEY ("call_id")
);

-- CreateTable
CREATE TABLE "poster_reject" (
    "id" BIGSERIAL NOT NULL,
    "segment" TEXT NOT NULL,
    "record" TEXT NOT NULL,
    "error" TEXT NOT NULL,
    "rejected_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "poster_reject_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "lab" TEXT NOT NULL,
    "family" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "release_date" DATE,
    "context_window" INTEGER,
    "max_output_tokens" INTEGER,
    "capabilities" JSONB NOT NULL,

    CONSTRAINT "model_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model_alias" (
    "alias" TEXT NOT NULL,
    "model_id" TEXT NOT NULL,

    CONSTRAINT "model_alias_pkey" PRIMARY KEY ("alias")
);

-- CreateTable
CREATE TABLE "offer" (
    "id" TEXT NOT NULL,
    "model_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "upstream_model" TEXT NOT NULL,
    "variant" TEXT,
    "context_window" INTEGER,
    "max_output_tokens" INTEGER,
    "capabilities" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "suspect" BOOLEAN NOT NULL DEFAULT false,
    "deprecated_at" TIMESTAMPTZ(6),

    CONSTRAINT "offer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price_version" (
    "id" TEXT NOT NULL,
    "offer_id" TEXT NOT NULL,
    "valid_from" TIMESTAMPTZ(6) NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "source" TEXT NOT NULL,

    CONSTRAINT "price_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price_component" (
    "price_version_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "meter" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "amount" DECIMAL(24,12) NOT NULL,
    "conditions" JSONB NOT NULL,

    CONSTRAINT "price_component_pkey" PRIMARY KEY ("price_version_id","position")
);

-- CreateTable
CREATE TABLE "organization" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "plan_multiplier" DECIMAL(12,6) NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "project" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "mode" TEXT NOT NULL DEFAULT 'credits',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "prefix" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active',
    "expires_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "admin_token" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "prefix" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "admin_token_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "quota_scope_scope_id_kind_key" ON "quota"("scope", "scope_id", "kind");

-- CreateIndex
CREATE INDEX "ledger_transaction_organization_id_occurred_at_idx" ON "ledger_transaction"("organization_id", "occurred_at");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_transaction_kind_source_revision_key" ON "ledger_transaction"("kind", "source", "revision");

-- CreateIndex
CREATE INDEX "posting_account_idx" ON "posting"("account");

-- CreateIndex
CREATE INDEX "usage_event_organization_id_occurred_at_idx" ON "usage_event"("organization_id", "occurred_at");

-- CreateIndex
CREATE INDEX "usage_event_rank_reconciled_at_idx" ON "usage_event"("rank", "reconciled_at");

-- CreateIndex
CREATE INDEX "request_log_organization_id_started_at_idx" ON "request_log"("organization_id", "started_at");

-- CreateIndex
CREATE INDEX "request_log_api_key_id_started_at_idx" ON "request_log"("api_key_id", "started_at");

-- CreateIndex
CREATE INDEX "request_log_started_at_call_id_idx" ON "request_log"("started_at", "call_id");

-- CreateIndex
CREATE INDEX "offer_model_id_idx" ON "offer"("model_id");

-- CreateIndex
CREATE UNIQUE INDEX "price_version_offer_id_valid_from_key" ON "price_version"("offer_id", "valid_from");

-- CreateIndex
CREATE INDEX "project_organization_id_idx" ON "project"("organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "api_key_organization_id_idx" ON "api_key"("organization_id");

-- CreateIndex
CREATE INDEX "api_key_project_id_idx" ON "api_key"("project_id");

-- CreateIndex
CREATE UNIQUE INDEX "admin_token_hash_key" ON "admin_token"("hash");

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_transaction_id_fkey" FOREIGN KEY ("transaction_id") REFERENCES "ledger_transaction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_alias" ADD CONSTRAINT "model_alias_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "model"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "offer" ADD CONSTRAINT "offer_model_id_fkey" FOREIGN KEY ("model_id") REFERENCES "model"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "price_version" ADD CONSTRAINT "price_version_offer_id_fkey" FOREIGN KEY ("offer_id") REFERENCES "offer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "price_component" ADD CONSTRAINT "price_component_price_version_id_fkey" FOREIGN KEY ("price_version_id") REFERENCES "price_version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project" ADD CONSTRAINT "project_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


