"""Fetches every kind of document from a directory and has stem parse it, validation on.

Usage: stem-check.py HOST PORT SECONDS. Prints a line "KIND COUNT" for each kind; ends with 1 and
stem's words at the first document it refuses. SECONDS is how long it waits for documents that
exist only for a part of each voting round.

Usage: stem-check.py KIND [ADDRESS]. Takes documents of one kind from its input; descriptors of the
onion service ADDRESS are decrypted.
"""

import io
import sys
import time
import urllib.error
import urllib.request

import stem.descriptor
from stem.descriptor import DocumentHandler


def fetch(path):
    while True:
        try:
            with urllib.request.urlopen(BASE + path, timeout=20) as answer:
                return answer.read()
        except urllib.error.HTTPError as e:
            if e.code != 404 or time.monotonic() > DEADLINE:
                sys.exit('%s: %s' % (path, e))
            time.sleep(0.2)


def check(kind, path, **more):
    return parse(kind, fetch(path), **more)


def parse(kind, body, **more):
    try:
        parsed = list(stem.descriptor.parse_file(io.BytesIO(body), kind, validate=True, **more))
    except ValueError as e:
        sys.exit('%s: %s\n%s' % (kind, e, body.decode('utf-8', 'replace')[:2000]))
    if not parsed:
        sys.exit('%s: nothing in it' % kind)
    print(kind.split(' ')[0], len(parsed))
    return parsed


if len(sys.argv) < 4:
    for document in parse(sys.argv[1], sys.stdin.buffer.read()):
        if sys.argv[2:]:
            points = document.decrypt(sys.argv[2]).introduction_points
            print('introduction-point', len(points))
    sys.exit()

BASE = 'http://%s:%s/tor/' % (sys.argv[1], sys.argv[2])
DEADLINE = time.monotonic() + float(sys.argv[3])

check('server-descriptor 1.0', 'server/all')
check('extra-info 1.0', 'extra/all')
check('dir-key-certificate-3 1.0', 'keys/all')
check('network-status-consensus-3 1.0', 'status-vote/current/consensus',
      document_handler=DocumentHandler.DOCUMENT)
consensus = check('network-status-microdesc-consensus-3 1.0',
                  'status-vote/current/consensus-microdesc',
                  document_handler=DocumentHandler.DOCUMENT)[0]
check('network-status-vote-3 1.0', 'status-vote/current/authority',
      document_handler=DocumentHandler.DOCUMENT)
digests = sorted(r.microdescriptor_digest for r in consensus.routers.values())
check('microdescriptor 1.0', 'micro/d/' + '-'.join(d.rstrip('=') for d in digests))
check('detached-signature-3 1.0', 'status-vote/next/consensus-signatures')
check('bandwidth-file 1.0', 'status-vote/next/bandwidth')
