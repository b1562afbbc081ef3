--[[ Forget the consumers that hold nothing and have asked for nothing for long: workers that were killed.
  KEYS  1..n  streams
  ARGV  1 group  2 idle time in ms
  Reply number of consumers forgotten
  A consumer that still holds entries stays, since XGROUP DELCONSUMER would drop them without a word. One that is alive
  after all is made anew by its next read. ]]
local forgotten = 0
for _, stream in ipairs(KEYS) do
  local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, ARGV[1])
  if not consumers.err then
    for _, info in ipairs(consumers) do
      local fields = {}
      for i = 1, #info, 2 do fields[info[i]] = info[i + 1] end
      if fields.pending == 0 and fields.idle >= tonumber(ARGV[2]) then
        redis.call('XGROUP', 'DELCONSUMER', stream, ARGV[1], fields.name)
        forgotten = forgotten + 1
      end
    end
  end
end
return forgotten
