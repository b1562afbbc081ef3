--[[ Remove jobs that no worker holds, before all of them are dispatched again. Called until it replies 0.
  KEYS  1 delayed jobs (sorted set)  2.. streams
  ARGV  1 group  2 most entries to remove from each stream
  Reply number of jobs removed
  Entries are read and acknowledged, not just deleted: deleting an unread entry makes the lag of the group unknown for
  good. What workers hold is left alone. ]]
local CLEARING = 'clearing'
local removed = redis.call('ZCARD', KEYS[1])
redis.call('DEL', KEYS[1])
for i = 2, #KEYS do
  local made = redis.pcall('XGROUP', 'CREATE', KEYS[i], ARGV[1], '0', 'MKSTREAM')
  if made.err and not string.find(made.err, 'BUSYGROUP') then return made end
  local reply = redis.call('XREADGROUP', 'GROUP', ARGV[1], CLEARING, 'COUNT', ARGV[2], 'STREAMS', KEYS[i], '>')
  if reply then
    local ids = {}
    for n, entry in ipairs(reply[1][2]) do ids[n] = entry[1] end
    redis.call('XACK', KEYS[i], ARGV[1], unpack(ids))
    redis.call('XDEL', KEYS[i], unpack(ids))
    removed = removed + #ids
  end
  redis.call('XGROUP', 'DELCONSUMER', KEYS[i], ARGV[1], CLEARING)
end
return removed
