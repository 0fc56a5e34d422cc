-- A month in which nothing has arrived for a day is merged into one part, which FINAL reads as it is.
ALTER TABLE code_exec_logs
  MODIFY SETTING min_age_to_force_merge_seconds = 86400, min_age_to_force_merge_on_partition_only = 1
