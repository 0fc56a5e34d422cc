-- What a health report and lists by cost read of past days. Figures from before are computed again.
ALTER TABLE code_exec_rollups
  ADD COLUMN IF NOT EXISTS cost_max Nullable(Int64) CODEC(T64, ZSTD(1)),
  -- Of the natural logarithm of the duration.
  ADD COLUMN IF NOT EXISTS log_sum Float64 CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS log_squares Float64 CODEC(ZSTD(1));
ALTER TABLE code_exec_rollup_days DELETE WHERE true
