-- Figures of whole days are kept by the day, and by the hour by outcome alone: those from before are computed again.
ALTER TABLE code_exec_rollup_days DELETE WHERE true
