"""spec/shell/terminal.py ROWS COLS STEP...: the prompt on a pseudo-terminal, as a person would use it.
A step is what is typed; one that ends in a newline waits for the next prompt (a carriage return does not). `wait:TEXT` waits until the
screen shows TEXT, `wait:` for a second. Prints what the terminal showed, without control sequences.
SPDX-License-Identifier: MIT"""
import fcntl, os, pty, re, select, struct, sys, termios, time

PATIENCE = 30.0  # seconds, for a loaded machine

rows, cols = int(sys.argv[1]), int(sys.argv[2])
command = os.environ.get("PROMPT", "bin/linnet repl").split()
pid, fd = pty.fork()
if pid == 0:
    os.environ.setdefault("TERM", "xterm-256color")
    for name in ("COLUMNS", "LINES"): os.environ.pop(name, None)
    os.execvp(command[0], command)
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
seen, gone = "", False

def plain(data):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\x07", "", data.decode("utf8", "replace"))

raw = b""
def take(seconds):
    """What comes within that time; False when nothing did."""
    global raw, seen, gone
    if gone or not select.select([fd], [], [], seconds)[0]: return False
    try: data = os.read(fd, 65536)
    except OSError: data = b""
    gone = not data
    raw += data
    seen = plain(raw)
    return not gone

def until(done):
    end = time.time() + PATIENCE
    while not done() and not gone and time.time() < end: take(0.1)

def prompts(): return len(re.findall(r"(?m)^>>? ", seen))

until(lambda: prompts() > 0)
for step in sys.argv[3:]:
    if step.startswith("wait:"):
        mark = step[5:]
        if mark:
            until(lambda: mark in seen)
        else:
            end = time.time() + 1
            while time.time() < end: take(0.1)
        continue
    before = prompts()
    os.write(fd, step.encode())
    if step.endswith("\n") or step == "\x03": until(lambda: prompts() > before and re.search(r"(?m)^>>? \Z", seen))
    else:
        while take(0.3): pass
if not gone:
    try: os.write(fd, b"\x04")
    except OSError: pass
until(lambda: gone)
_, status = os.waitpid(pid, 0)
sys.stdout.write(seen + "\nended with %d\n" % os.waitstatus_to_exitcode(status))
