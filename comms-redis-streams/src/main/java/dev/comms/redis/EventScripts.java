package dev.comms.redis;

import java.util.List;

/**
 * What must happen at once to a group's events. Reading and settling begin with a fence: the value
 * of the lease must still be the one that this reader took. Keys are declared; commands are of
 * Redis 6.2.
 */
final class EventScripts {
  /** KEYS lease, fence; ARGV member, ms. The number of the lease, or 0 if somebody has it. */
  static final Script<Long> TAKE =
      Script.number(
          """
          if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
          local number = redis.call('INCR', KEYS[2])
          redis.call('SET', KEYS[1], ARGV[1] .. '/' .. number, 'PX', ARGV[2])
          return number
          """);

  /** KEYS lease; ARGV value, ms. 1 if it is still ours. */
  static final Script<Long> KEEP =
      Script.number(
          """
          if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
          return redis.call('PEXPIRE', KEYS[1], ARGV[2])
          """);

  /**
   * KEYS lease, log, redriven; ARGV value, group, consumer. Leaves in order: what is pending was
   * not handled by a process that crashed, so this delivery does not count; then the lease is free.
   */
  static final Script<Long> LEAVE =
      Script.number(
          """
          if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
          for k = 2, 3 do
            local pending = redis.call('XPENDING', KEYS[k], ARGV[2], '-', '+', 10000)
            for _, p in ipairs(pending) do
              redis.call('XCLAIM', KEYS[k], ARGV[2], ARGV[3], 0, p[1],
                  'RETRYCOUNT', math.max(0, p[4] - 1), 'JUSTID')
            end
          end
          return redis.call('DEL', KEYS[1])
          """);

  /**
   * KEYS lease, redriven, log; ARGV value, group, consumer, limit. {@code lost}; or {@code none}
   * and where both streams end; or {@code some}, '' and the entries. It does not block: a reader
   * that slept past its lease takes nothing.
   */
  static final Script<List<Object>> READ =
      Script.list(
          """
          if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'lost'} end
          local left, answer = tonumber(ARGV[4]), {'some', ''}
          for k = 2, 3 do
            local read = left > 0 and redis.call('XREADGROUP', 'GROUP', ARGV[2], ARGV[3],
                'COUNT', left, 'STREAMS', KEYS[k], '>')
            if read then
              for _, entry in ipairs(read[1][2]) do
                answer[#answer + 1] = {KEYS[k], entry[1], 1, entry[2]}
                left = left - 1
              end
            end
          end
          if #answer > 2 then return answer end
          answer = {'none'}
          for k = 2, 3 do
            local info = redis.call('XINFO', 'STREAM', KEYS[k])
            for i = 1, #info, 2 do
              if info[i] == 'last-generated-id' then answer[k] = info[i + 1] end
            end
          end
          return answer
          """);

  /**
   * KEYS lease, stream; ARGV value, group, consumer, after this id, limit, 'crash' if this is the
   * first walk of a tenure, ids that are running here. Only that walk counts: what a tenure takes
   * again from itself, after an answer was lost, ended no consumer. {@code lost}; or {@code some},
   * the last id looked at ('' at the end), and the entries.
   */
  static final Script<List<Object>> RECOVER =
      Script.list(
          """
          if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'lost'} end
          local running, answer = {}, {'some', ''}
          for i = 7, #ARGV do running[ARGV[i]] = true end
          local from = ARGV[4] == '' and '-' or '(' .. ARGV[4]
          for _, p in ipairs(redis.call('XPENDING', KEYS[2], ARGV[2], from, '+', ARGV[5])) do
            answer[2] = p[1]
            local entry = redis.call('XRANGE', KEYS[2], p[1], p[1])[1]
            if not entry then
              redis.call('XACK', KEYS[2], ARGV[2], p[1])
            elseif not running[p[1]] then
              local deliveries = p[4] + (ARGV[6] == 'crash' and 1 or 0)
              redis.call('XCLAIM', KEYS[2], ARGV[2], ARGV[3], 0, p[1],
                  'RETRYCOUNT', deliveries, 'JUSTID')
              answer[#answer + 1] = {KEYS[2], p[1], deliveries, entry[2]}
            end
          end
          return answer
          """);

  /** KEYS lease, stream, dead; ARGV value, group, id, 'once' if nobody else reads this stream. */
  static final Script<Long> DONE =
      Script.number(
          """
          if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
          local was = redis.call('XACK', KEYS[2], ARGV[2], ARGV[3])
          if was == 1 and ARGV[4] == 'once' then redis.call('XDEL', KEYS[2], ARGV[3]) end
          return was
          """);

  /** As DONE, with a copy in KEYS[3] first; ARGV[5] and on: changes. */
  static final Script<Long> DEAD =
      Script.number(
          TaskScripts.COPY
              + """
              if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
              if not redis.call('XPENDING', KEYS[2], ARGV[2], ARGV[3], ARGV[3], 1)[1] then
                return 0
              end
              local fields = changed(KEYS[2], ARGV[3], 5)
              if fields then add(KEYS[3], fields) end
              redis.call('XACK', KEYS[2], ARGV[2], ARGV[3])
              if ARGV[4] == 'once' then redis.call('XDEL', KEYS[2], ARGV[3]) end
              return fields and 1 or 0
              """);

  private EventScripts() {}
}
