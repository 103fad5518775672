import { openEngine } from '../lib/container-runtime.ts'

/**
 * What somebody builds who wants commands to start at once: a shell kept open in the container, told
 * one script after another, with a word behind each that says where its output ends. The shell and
 * everything it runs share their input and output, and nothing is between them.
 */
export interface NaiveSession extends AsyncDisposable {
  /** Everything that was written until the word came. */
  said(script: string): Promise<string>
  /** One line more for whoever reads it. */
  tell(line: string): void
}

export async function openNaiveSession(container: string): Promise<NaiveSession> {
  const engine = await openEngine()
  const options = { AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: false }
  const exec = await engine.getContainer(container).exec({ Cmd: ['sh'], ...options })
  const connection = await exec.start({ hijack: true, stdin: true })
  let heard = ''
  // The engine's own framing stays in it: nothing here looks at the beginning of a line.
  connection.on('data', (chunk: Buffer) => {
    heard += chunk
  })
  return {
    async said(script) {
      heard = ''
      const end = `end-${Math.random().toString(36).slice(2)}`
      connection.write(`(\n${script}\n) 2>&1\necho ${end}\n`)
      while (!heard.includes(end)) await new Promise((turn) => setTimeout(turn, 5))
      return heard.slice(0, heard.indexOf(end))
    },
    tell: (line) => void connection.write(`${line}\n`),
    async [Symbol.asyncDispose]() {
      connection.destroy()
    },
  }
}

/**
 * Python: tries everything that a process may do to one of its own user, on each that is named, and
 * says what it got.
 */
export const reachesInto = `
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)

def got(path, flags, length=1):
    fd = os.open(path, flags | os.O_NONBLOCK)
    os.close(fd)

def read(path):
    with open(path, 'rb') as file: assert file.read(1)

def memory(pid):
    start = int(open(f'/proc/{pid}/maps').readline().split('-')[0], 16)
    with open(f'/proc/{pid}/mem', 'rb', 0) as file:
        file.seek(start)
        assert file.read(16)

def vm(pid):
    start = int(open(f'/proc/{pid}/maps').readline().split('-')[0], 16)
    room = ctypes.create_string_buffer(16)
    vector = lambda at: (ctypes.c_size_t * 2)(at, 16)
    here = vector(ctypes.addressof(room))
    assert libc.process_vm_readv(pid, here, 1, vector(start), 1, 0) == 16

def traced(pid):
    assert libc.ptrace(16, pid, None, None) == 0
    os.waitpid(pid, 0x40000000)
    libc.ptrace(17, pid, None, None)

def taken(pid):
    assert libc.syscall(438, os.pidfd_open(pid), 1, 0) >= 0

attempts = {
    'open what it reads': lambda pid: got(f'/proc/{pid}/fd/0', os.O_RDONLY),
    'open what it writes to': lambda pid: got(f'/proc/{pid}/fd/1', os.O_WRONLY),
    'list what it has open': lambda pid: os.listdir(f'/proc/{pid}/fd'),
    'take what it has open': taken,
    'read its environment': lambda pid: read(f'/proc/{pid}/environ'),
    'see where its memory lies': lambda pid: read(f'/proc/{pid}/maps'),
    'read its memory': memory,
    'read its memory by a call': vm,
    'open its memory for writing': lambda pid: got(f'/proc/{pid}/mem', os.O_RDWR),
    'trace it': traced,
    'see what call it waits in': lambda pid: read(f'/proc/{pid}/syscall'),
    'enter its root': lambda pid: os.listdir(f'/proc/{pid}/root/'),
    'copy its program': lambda pid: read(f'/proc/{pid}/exe'),
}
for pid in map(int, sys.argv[1:]):
    print('TRIED', pid)
    for what, attempt in attempts.items():
        try: attempt(pid)
        except (OSError, AssertionError, ValueError): continue
        print('WON', what)
`
