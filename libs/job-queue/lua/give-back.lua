--[[ Give back one delivery that needs more: somebody shall look at its job again.
  KEYS  1 stream  2 delayed jobs (sorted set: payload by due time in ms)
  ARGV  1 group  2 consumer  3 entry id  4 'retry' | 'hand-back' | 'release'  5 payload  6 delay or idle time in ms
  Reply 'given-back' | 'not-yours' (also when the stream or its group is gone)
  XACK does not ask who holds an entry, so we do: a worker that lost its lease must not acknowledge the job another
  worker is running now. What is put anew replaces the entry in the same step.

  'release' keeps the entry and makes it look as if its holder had been silent for that long: whoever reclaims takes it
  over under its own id, which is the id that a claim in PostgreSQL may be bound to. ]]
local held = redis.pcall('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)
if held.err and not string.find(held.err, 'NOGROUP') then return held end
if not held[1] or held[1][2] ~= ARGV[2] then return 'not-yours' end
if ARGV[4] == 'release' then
  redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'IDLE', ARGV[6], 'JUSTID')
  return 'given-back'
end
if ARGV[4] == 'hand-back' then
  redis.call('XADD', KEYS[1], '*', 'job', ARGV[5])
else
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  redis.call('ZADD', KEYS[2], now + tonumber(ARGV[6]), ARGV[5])
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('XDEL', KEYS[1], ARGV[3])
return 'given-back'
