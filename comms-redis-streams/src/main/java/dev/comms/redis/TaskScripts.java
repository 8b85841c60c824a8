package dev.comms.redis;

import java.util.List;

/**
 * What must happen at once to a queue of tasks. Every script declares its keys, uses commands of
 * Redis 6.2 only, and copies an entry's fields as they are, so that foreign bytes stay untouched. A
 * settlement begins with a fence: XACK does not ask who the owner is.
 */
final class TaskScripts {
  private static final String COMMON =
      """
      local function held(stream, group, consumer, id)
        local pending = redis.call('XPENDING', stream, group, id, id, 1)[1]
        return pending and pending[2] == consumer
      end
      local function milliseconds()
        local now = redis.call('TIME')
        return now[1] * 1000 + math.floor(now[2] / 1000)
      end
      local function later(delayed, payloads, token, wait, fields)
        redis.call('HSET', payloads, token, cmsgpack.pack(fields))
        redis.call('ZADD', delayed, milliseconds() + wait, token)
      end
      """;

  /** The copy of an entry with some fields changed; ARGV from first: name, value ('' drops). */
  static final String COPY =
      """
      local function changed(stream, id, first)
        local entry = redis.call('XRANGE', stream, id, id)[1]
        if not entry then return nil end
        local change, copy = {}, {}
        for i = first, #ARGV, 2 do change[ARGV[i]] = true end
        for i = 1, #entry[2], 2 do
          if not change[entry[2][i]] then
            copy[#copy + 1] = entry[2][i]
            copy[#copy + 1] = entry[2][i + 1]
          end
        end
        for i = first, #ARGV, 2 do
          if ARGV[i + 1] ~= '' then
            copy[#copy + 1] = ARGV[i]
            copy[#copy + 1] = ARGV[i + 1]
          end
        end
        return copy
      end
      local function add(stream, fields)
        -- Lua cannot pass more arguments than this; such an entry is kept, packed.
        if #fields > 7000 then fields = {'packed', cmsgpack.pack(fields)} end
        redis.call('XADD', stream, '*', unpack(fields))
      end
      """;

  /** KEYS work; ARGV group, consumer, id. 1 if it was ours. */
  static final Script<Long> DONE =
      Script.number(
          COMMON
              + """
              if not held(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) then return 0 end
              redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
              redis.call('XDEL', KEYS[1], ARGV[3])
              return 1
              """);

  /**
   * KEYS work, target, delayed, payloads; ARGV group, consumer, id, wait in ms, changes. Retry,
   * dead letter and giving back: the copy is stored, then the entry is settled.
   */
  static final Script<Long> MOVE =
      Script.number(
          COMMON
              + COPY
              + """
              if not held(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) then return 0 end
              local fields = changed(KEYS[1], ARGV[3], 5)
              local wait = tonumber(ARGV[4])
              if fields and wait > 0 then
                later(KEYS[3], KEYS[4], 'r/' .. ARGV[3], wait, fields)
              elseif fields then
                add(KEYS[2], fields)
              end
              redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
              redis.call('XDEL', KEYS[1], ARGV[3])
              return fields and 1 or 0
              """);

  /** KEYS delayed, payloads; ARGV token, wait in ms, fields. */
  static final Script<Long> DELAY =
      Script.number(
          COMMON
              + """
              local fields = {}
              for i = 3, #ARGV do fields[i - 2] = ARGV[i] end
              later(KEYS[1], KEYS[2], 's/' .. ARGV[1], tonumber(ARGV[2]), fields)
              return 1
              """);

  /** KEYS delayed, payloads, work; ARGV limit. Moves what is due; ms until the next, or -1. */
  static final Script<Long> PROMOTE =
      Script.number(
          COMMON
              + COPY
              + """
              local now = milliseconds()
              local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
              for _, token in ipairs(due) do
                local packed = redis.call('HGET', KEYS[2], token)
                if packed then add(KEYS[3], cmsgpack.unpack(packed)) end
                redis.call('ZREM', KEYS[1], token)
                redis.call('HDEL', KEYS[2], token)
              end
              local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
              if not first[2] then return -1 end
              return math.max(0, tonumber(first[2]) - now)
              """);

  /** KEYS work; ARGV group, consumer, ids. Renews what is still ours; the ids that are not. */
  static final Script<List<Object>> RENEW =
      Script.list(
          COMMON
              + """
              local lost = {}
              for i = 3, #ARGV do
                if held(KEYS[1], ARGV[1], ARGV[2], ARGV[i]) then
                  redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
                else
                  lost[#lost + 1] = ARGV[i]
                end
              end
              return lost
              """);

  /**
   * KEYS work; ARGV group, consumer, lease in ms, limit, ids that are running here. Takes what was
   * silent for a lease. What this consumer itself is running, after a pause of the process, is only
   * renewed.
   */
  static final Script<List<Object>> CLAIM =
      Script.list(
          """
          local running, taken = {}, {}
          for i = 5, #ARGV do running[ARGV[i]] = true end
          local silent = redis.call(
              'XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], '-', '+', ARGV[4])
          for _, pending in ipairs(silent) do
            local id = pending[1]
            local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
            if pending[2] == ARGV[2] and running[id] then
              redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'JUSTID')
            elseif entry then
              redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id)
              taken[#taken + 1] = {KEYS[1], id, pending[4] + 1, entry[2]}
            else
              redis.call('XACK', KEYS[1], ARGV[1], id)
            end
          end
          return taken
          """);

  /**
   * KEYS work; ARGV group, consumer, ms. Forgets this consumer and those silent for so long, but
   * never one with pending entries: they would be lost with it.
   */
  static final Script<Long> FORGET =
      Script.number(
          """
          local forgotten = 0
          for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
            local of = {}
            for i = 1, #consumer, 2 do of[consumer[i]] = consumer[i + 1] end
            local leaving = of.name == ARGV[2] or of.idle > tonumber(ARGV[3])
            if of.pending == 0 and leaving then
              redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], of.name)
              forgotten = forgotten + 1
            end
          end
          return forgotten
          """);

  /** KEYS dead, target; ARGV id, changes. 1 if the letter was still there. */
  static final Script<Long> REDRIVE =
      Script.number(
          COPY
              + """
              local fields = changed(KEYS[1], ARGV[1], 2)
              if not fields then return 0 end
              add(KEYS[2], fields)
              redis.call('XDEL', KEYS[1], ARGV[1])
              return 1
              """);

  private TaskScripts() {}
}
