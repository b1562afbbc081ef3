--[[ Leave the consumer group.
  KEYS  1..n  streams
  ARGV  1 group  2 consumer
  Reply number of streams left
  XGROUP DELCONSUMER drops the pending entries of the consumer without a word, so a consumer that still has some stays:
  whoever reclaims them finds them under its name. ]]
local left = 0
for _, stream in ipairs(KEYS) do
  local pending = redis.pcall('XPENDING', stream, ARGV[1], '-', '+', 1, ARGV[2])
  if not pending.err and not pending[1] then
    redis.call('XGROUP', 'DELCONSUMER', stream, ARGV[1], ARGV[2])
    left = left + 1
  end
end
return left
