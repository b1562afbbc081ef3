--[[ Move due jobs to the streams of their queues. Any worker may do it, at any time, twice.
  KEYS  1 delayed jobs (sorted set: payload by due time in ms)  2.. streams
  ARGV  1 most jobs to move  2.. queue names, in the order of the streams
  Reply {moved, ms until the next one is due or -1} ]]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local streams = {}
for i = 2, #KEYS do streams[ARGV[i]] = KEYS[i] end
local due = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])
for _, payload in ipairs(due) do
  local ok, job = pcall(cjson.decode, payload)
  local stream = ok and type(job) == 'table' and streams[job.queue]
  -- A payload that names no queue of ours cannot be run; PostgreSQL still knows of the run it may have meant.
  if stream then redis.call('XADD', stream, '*', 'job', payload) end
  redis.call('ZREM', KEYS[1], payload)
end
local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return { #due, next[2] and math.max(0, tonumber(next[2]) - now) or -1 }
