package org.tunic.tracker.redis;

/**
 * What Redis does with a swarm, each at one go. A swarm is one hash, {@code tunic:{INFO HASH}}, its
 * name in braces so that a cluster keeps it in one place: a field of 20 bytes for each peer, its
 * id, with a value as {@code PeerValue} says; and three fields of one byte, decimal numbers: {@code
 * s} seeds, {@code p} partial seeds, {@code d} downloads. Nothing is common to swarms, and no step
 * takes longer in a larger one.
 *
 * <p>Both answer with numbers: peers, seeds, partial seeds, downloads. The hash as a whole lasts as
 * long as a peer; a peer that nobody has heard of is taken out when it is drawn.
 *
 * <p>Threads: any, because it has no state.
 */
final class Scripts {
  private static final String COMMON =
      """
      local key = KEYS[1]
      local function seen(value)
        local a, b, c, d = string.byte(value, 6, 9)
        return ((a * 256 + b) * 256 + c) * 256 + d
      end
      local function role(value)
        if not value or string.byte(value, 1) % 2 == 1 then return 'l' end
        if string.byte(value, 10) % 4 >= 2 then return 'p' end
        return 's'
      end
      local more = {s = 0, p = 0, l = 0, d = 0}
      local function numbers()
        for _, name in ipairs({'s', 'p', 'd'}) do
          if more[name] ~= 0 then redis.call('HINCRBY', key, name, more[name]) end
        end
        local have = redis.call('HMGET', key, 's', 'p', 'd')
        local peers = redis.call('HLEN', key)
        for i = 1, 3 do if have[i] then peers = peers - 1 end end
        return {peers, tonumber(have[1] or 0), tonumber(have[2] or 0), tonumber(have[3] or 0)}
      end
      """;

  /**
   * Writes peers: {@code ARGV} is how many seconds the swarm lasts, then ids and values by turns;
   * an empty value takes the peer out. What is older than what is there changes nothing.
   */
  static final String WRITE =
      COMMON
          + """
          local function finished(value) return string.byte(value, 10) % 2 == 1 end
          for i = 2, #ARGV, 2 do
            local peer, value = ARGV[i], ARGV[i + 1]
            local old = redis.call('HGET', key, peer)
            if value == '' then
              if old then
                redis.call('HDEL', key, peer)
                more[role(old)] = more[role(old)] - 1
              end
            elseif not old or seen(old) <= seen(value) then
              redis.call('HSET', key, peer, value)
              if old then more[role(old)] = more[role(old)] - 1 end
              more[role(value)] = more[role(value)] + 1
              if finished(value) and not (old and finished(old)) then more.d = more.d + 1 end
            end
          end
          local answer = numbers()
          redis.call('EXPIRE', key, ARGV[1])
          return answer
          """;

  /**
   * Draws peers: {@code ARGV} is how many, and since when a peer must have been heard of; the
   * answer has, behind the numbers, ids and values by turns.
   */
  static final String DRAW =
      COMMON
          + """
          local answer = {}
          local drawn = redis.call('HRANDFIELD', key, ARGV[1], 'WITHVALUES')
          for i = 1, #drawn, 2 do
            local peer, value = drawn[i], drawn[i + 1]
            if #peer == 20 then
              if seen(value) < tonumber(ARGV[2]) then
                redis.call('HDEL', key, peer)
                more[role(value)] = more[role(value)] - 1
              else
                answer[#answer + 1] = peer
                answer[#answer + 1] = value
              end
            end
          end
          local all = numbers()
          for i = 1, #answer do all[4 + i] = answer[i] end
          return all
          """;

  private Scripts() {}
}
