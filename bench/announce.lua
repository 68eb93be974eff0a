-- Announces for wrk: torrents by the cube of a uniform number, a quarter of the peers seeds, fifty
-- peers wanted, the query as libtorrent writes it.
--   wrk -t1 -c32 -d15s -s announce.lua URL -- torrents=10000 peers=200 close=0
-- With close=1 each request has a connection of its own.

local option = {torrents = 10000, peers = 200, close = 0}

-- A torrent's name: its number, spread over 20 bytes.
local function name(number)
  local bytes, x = {}, number + 1
  for i = 1, 20 do
    x = (x * 48271) % 2147483647
    bytes[i] = string.format('%02X', math.floor(x / 8) % 256)
  end
  return bytes
end

local escaped = {}
local function info_hash(number)
  if not escaped[number] then escaped[number] = '%' .. table.concat(name(number), '%') end
  return escaped[number]
end

function init(arguments)
  for _, argument in ipairs(arguments) do
    local key, value = argument:match('^(%w+)=(%d+)$')
    if key then option[key] = tonumber(value) end
  end
  math.randomseed(os.time())
  wrk.headers['User-Agent'] = 'announce/1'
  if option.close == 1 then wrk.headers['Connection'] = 'close' end
end

function request()
  local torrent = math.floor(option.torrents * math.random() ^ 3)
  local peer = math.random(option.peers)
  local left = peer % 4 == 0 and 0 or 1000000
  return wrk.format('GET', string.format(
    '/announce?info_hash=%s&peer_id=-LT0001-%012d&port=%d&uploaded=0&downloaded=0&left=%d' ..
    '&corrupt=0&key=%08X&numwant=50&compact=1&no_peer_id=1&supportcrypto=1&redundant=0',
    info_hash(torrent), peer, 1024 + peer, left, peer * 2654435))
end

function done(summary, latency)
  io.write(string.format('RESULT %d %.3f %d %d %d %d\n',
    summary.requests, summary.duration / 1e6, summary.bytes, summary.errors.status,
    latency:percentile(50), latency:percentile(99)))
end

