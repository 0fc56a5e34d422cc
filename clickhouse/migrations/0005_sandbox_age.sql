-- What was there before has no age: an old row must not look for the attributes it was made from.
ALTER TABLE code_exec_logs ADD COLUMN IF NOT EXISTS sandbox_age_ms Nullable(Float64)
  DEFAULT if(isFinite(toFloat64OrNull(LogAttributes['code_exec.sandbox.age_ms'])), toFloat64OrNull(LogAttributes['code_exec.sandbox.age_ms']), NULL)
  CODEC(Gorilla, ZSTD(1)) AFTER sandbox_id
