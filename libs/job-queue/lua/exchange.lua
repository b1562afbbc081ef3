--[[ Acknowledge deliveries that are done, and take the next jobs for their slots: the most urgent ones there are.
  KEYS  1..n  streams to take from, most urgent first  n+1..  the stream of each delivery that is done
  ARGV  1 group  2 consumer  3 most jobs to take  4 jobs to take by urgency before the next one is a starved one
        5 the same from then on  6 age in ms after which a waiting job counts as starved  7.. entry ids of what is done
  Reply {{{stream, entry id, fields}, …}, {last id of stream 1, … last id of stream n}}, the ids only when there is no job
  Error NOGROUP when nothing was done and a stream or its group is gone

  XACK does not ask who holds an entry, so we do: a worker that lost its lease must not acknowledge the job another worker
  is running now; such a delivery is left alone. What is acknowledged is deleted in the same step, so that a stream holds
  only work to be done. When this reply is lost, what was taken is pending under our name and in nobody's hands.

  COUNT of XREADGROUP is per stream, so one stream is read at a time. Urgent queues go first; now and then a turn is given
  to the longest starved job of any queue, so that low never waits for ever. The ids of a reply without a job are the last
  ones of this moment: a plain blocking XREAD from there wakes up exactly when there is something to take, and since it
  delivers nothing, a call that is given up loses nothing. ]]
local group, consumer, most = ARGV[1], ARGV[2], tonumber(ARGV[3])
local by_urgency, starved_ms = tonumber(ARGV[4]), tonumber(ARGV[6])
local done = #ARGV - 6
local streams = #KEYS - done
local jobs, failure = {}, nil

local function acknowledge(stream, id)
  local held = redis.pcall('XPENDING', stream, group, id, id, 1)
  if held.err and not string.find(held.err, 'NOGROUP') then return held end
  if not held[1] or held[1][2] ~= consumer then return end
  redis.call('XACK', stream, group, id)
  redis.call('XDEL', stream, id)
end

-- Takes up to so many jobs of one stream, and tells how many there were.
local function take(stream, count)
  local reply = redis.pcall('XREADGROUP', 'GROUP', group, consumer, 'COUNT', count, 'STREAMS', stream, '>')
  if not reply then return 0 end
  if reply.err then
    failure = reply
    return 0
  end
  local entries = reply[1][2]
  for _, entry in ipairs(entries) do jobs[#jobs + 1] = { stream, entry[1], entry[2] } end
  return #entries
end

local function take_by_urgency(count)
  for i = 1, streams do
    if count == 0 or failure then return end
    count = count - take(KEYS[i], count)
  end
end

local function field(info, name)
  for i = 1, #info, 2 do
    if info[i] == name then return info[i + 1] end
  end
end

-- Milliseconds since the next unread entry of the stream was added; nil when all are read.
local function waiting_ms(stream, now)
  for _, info in ipairs(redis.pcall('XINFO', 'GROUPS', stream)) do
    if field(info, 'name') == group then
      local unread = redis.call('XRANGE', stream, '(' .. field(info, 'last-delivered-id'), '+', 'COUNT', 1)
      if unread[1] then return now - tonumber(string.match(unread[1][1], '^%d+')) end
    end
  end
end

local function take_starved()
  local time = redis.call('TIME')
  local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  local oldest, oldest_ms
  for i = 1, streams do
    local ms = waiting_ms(KEYS[i], now)
    if ms and ms >= starved_ms and (not oldest_ms or ms >= oldest_ms) then
      oldest, oldest_ms = KEYS[i], ms
    end
  end
  return oldest and take(oldest, 1) or 0
end

for i = 1, done do
  local failed = acknowledge(KEYS[streams + i], ARGV[6 + i])
  if failed then return failed end
end

while #jobs < most and not failure do
  local before, turns = #jobs, math.min(by_urgency, most - #jobs)
  take_by_urgency(turns)
  if #jobs - before < turns then break end
  by_urgency = by_urgency - turns
  if #jobs < most then
    if take_starved() == 0 then take_by_urgency(1) end
    if #jobs - before == turns then break end
    by_urgency = tonumber(ARGV[5])
  end
end

local last_ids = {}
if #jobs == 0 and done == 0 then
  if failure then return failure end
  for i = 1, streams do
    last_ids[i] = field(redis.call('XINFO', 'STREAM', KEYS[i]), 'last-generated-id')
  end
end
return { jobs, last_ids }
