--[[ Count the messages whose holders were silent for a whole lease.
  KEYS  1..n  streams, most urgent first
  ARGV  1 group  2 lease in ms  3 most messages to count  4 '1' to look at all streams
  Reply {count of stream 1, …}, as far as was looked
  Whoever works at its limit takes a message over before it reads a new one, but not before a new one that is more
  urgent: without '1' the look ends at the first stream with a message that nobody has read. ]]
local counts, total = {}, 0
for i, stream in ipairs(KEYS) do
  local silent = redis.pcall('XPENDING', stream, ARGV[1], 'IDLE', ARGV[2], '-', '+', ARGV[3])
  if silent.err and not string.find(silent.err, 'NOGROUP') then return silent end
  counts[i] = silent.err and 0 or #silent
  total = total + counts[i]
  if total >= tonumber(ARGV[3]) then break end
  if ARGV[4] ~= '1' and not silent.err and redis.call('XLEN', stream) > redis.call('XPENDING', stream, ARGV[1])[1] then
    break
  end
end
return counts
