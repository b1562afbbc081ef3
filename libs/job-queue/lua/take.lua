--[[ Take one job for a free slot, the most urgent one there is.
  KEYS  1..n  streams, most urgent first
  ARGV  1 group  2 consumer  3 age in ms after which a waiting job counts as starved  4 '1' when starved jobs go first in this turn
  Reply {'job', stream, entry id, fields} | {'empty', last id of stream 1, … last id of stream n}
  Error NOGROUP when a stream or its group is gone

  COUNT of XREADGROUP is per stream, so one stream is read a call. Urgent queues go first; now and then a turn is given
  to the longest starved job of any queue, so that low never waits for ever. The reply to 'empty' names the last entry
  of each stream at this moment: a plain blocking XREAD from there wakes up exactly when there is something to take, and
  since it delivers nothing, a call that is given up loses nothing. ]]
local group, consumer = ARGV[1], ARGV[2]
local starved_ms, starved_first = tonumber(ARGV[3]), ARGV[4] == '1'

local function take(stream)
  local reply = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', 1, 'STREAMS', stream, '>')
  if reply and reply[1] and reply[1][2][1] then
    local entry = reply[1][2][1]
    return { 'job', stream, entry[1], entry[2] }
  end
end

local function field(info, name)
  for i = 1, #info, 2 do
    if info[i] == name then return info[i + 1] end
  end
end

-- Milliseconds since the next unread entry of the stream was added; nil when all are read.
local function waiting_ms(stream, now)
  for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    if field(info, 'name') == group then
      local unread = redis.call('XRANGE', stream, '(' .. field(info, 'last-delivered-id'), '+', 'COUNT', 1)
      if unread[1] then return now - tonumber(string.match(unread[1][1], '^%d+')) end
    end
  end
end

if starved_first then
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local oldest, oldest_ms
  for i = 1, #KEYS do
    local ms = waiting_ms(KEYS[i], now)
    if ms and ms >= starved_ms and (not oldest_ms or ms >= oldest_ms) then
      oldest, oldest_ms = KEYS[i], ms
    end
  end
  local job = oldest and take(oldest)
  if job then return job end
end

for i = 1, #KEYS do
  local job = take(KEYS[i])
  if job then return job end
end

local empty = { 'empty' }
for i = 1, #KEYS do
  empty[i + 1] = field(redis.call('XINFO', 'STREAM', KEYS[i]), 'last-generated-id')
end
return empty
