--[[ Schedule a job for later. The same payload is scheduled once.
  KEYS  1 delayed jobs (sorted set: payload by due time in ms)
  ARGV  1 payload  2 delay in ms
  Reply due time in ms
  The clock is Redis' own, the one that promotes. ]]
local time = redis.call('TIME')
local due = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], due, ARGV[1])
return due
