--[[ Refresh the idle time of one delivery, if this worker still holds it.
  KEYS  1 stream
  ARGV  1 group  2 consumer  3 entry id
  Reply 'beaten' | 'not-yours' (also when the stream or its group is gone)
  An unconditional XCLAIM would steal the entry back from the worker that took it over. ]]
local held = redis.pcall('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)
if held.err and not string.find(held.err, 'NOGROUP') then return held end
if not held[1] or held[1][2] ~= ARGV[2] then return 'not-yours' end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'JUSTID')
return 'beaten'
