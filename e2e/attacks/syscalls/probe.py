"""Makes system calls as they stand in a table, each in a process of its own, and prints what came of it."""
import ctypes
import errno
import mmap
import os
import platform
import signal

X86 = platform.machine() == "x86_64"
libc = ctypes.CDLL(None, use_errno=True)
HIGH = 1 << 32  # The kernel reads many arguments as 32 bits, where a filter compares 64.
NULL = 0
BAD = -1

# name: (number on x86-64, number on arm64, arguments). The arguments are wrong wherever the call
# could do harm: what matters is whether the kernel gets to look at them.
CALLS = {
    "io_uring_setup": (425, 425, [1, NULL]),
    "io_uring_enter": (426, 426, [BAD, 0, 0, 0]),
    "io_uring_register": (427, 427, [BAD, 0, NULL, 0]),
    "socket AF_VSOCK": (41, 198, [40, 1, 0]),
    "socket AF_VSOCK, spelled in 33 bits": (41, 198, [40 + HIGH, 1, 0]),
    "socket AF_ALG": (41, 198, [38, 5, 0]),
    "socket AF_PACKET": (41, 198, [17, 3, 0]),
    "socket AF_KEY": (41, 198, [15, 3, 2]),
    "socket AF_NETLINK, netfilter": (41, 198, [16, 3, 12]),
    "socket AF_NETLINK, audit": (41, 198, [16, 3, 9]),
    "socket AF_NETLINK, uevent": (41, 198, [16, 3, 15]),
    "socket AF_NETLINK, xfrm": (41, 198, [16, 3, 6]),
    "socket AF_XDP": (41, 198, [44, 3, 0]),
    "socket AF_TIPC": (41, 198, [30, 1, 0]),
    "socket AF_BLUETOOTH": (41, 198, [31, 1, 0]),
    "socketpair AF_TIPC": (53, 199, [30, 1, 0, NULL]),
    "unshare user": (272, 97, [0x10000000]),
    "unshare mount": (272, 97, [0x00020000]),
    "unshare network": (272, 97, [0x40000000]),
    "clone a user namespace": (56, 220, [0x10000000 | 17, 0, 0, 0, 0]),
    "clone a network namespace": (56, 220, [0x40000000 | 17, 0, 0, 0, 0]),
    "clone3": (435, 435, [NULL, 0]),
    "setns": (308, 268, [BAD, 0]),
    "bpf": (321, 280, [BAD, NULL, 0]),
    "keyctl": (250, 219, [0, BAD & 0xFFFFFFFF, 0]),
    "add_key": (248, 217, [NULL, NULL, NULL, 0, 0]),
    "request_key": (249, 218, [NULL, NULL, NULL, 0]),
    "userfaultfd": (323, 282, [0]),
    "perf_event_open": (298, 241, [NULL, 0, BAD, BAD, 0]),
    "ptrace": (101, 117, [0, 0, 0, 0]),
    "process_vm_readv": (310, 270, [1, NULL, 0, NULL, 0, 0]),
    "process_vm_writev": (311, 271, [1, NULL, 0, NULL, 0, 0]),
    "process_madvise": (440, 440, [BAD, NULL, 0, 0, 0]),
    "pidfd_getfd": (438, 438, [BAD, 0, 0]),
    "kcmp": (312, 272, [1, 1, BAD, 0, 0]),
    "mount": (165, 40, [NULL, NULL, NULL, 0, NULL]),
    "umount2": (166, 39, [NULL, 0]),
    "pivot_root": (155, 41, [NULL, NULL]),
    "chroot": (161, 51, [NULL]),
    "fsopen": (430, 430, [NULL, 0]),
    "fsconfig": (431, 431, [BAD, 0, NULL, NULL, 0]),
    "fsmount": (432, 432, [BAD, 0, 0]),
    "fspick": (433, 433, [BAD, NULL, 0]),
    "open_tree": (428, 428, [BAD, NULL, 0]),
    "move_mount": (429, 429, [BAD, NULL, BAD, NULL, 0]),
    "mount_setattr": (442, 442, [BAD, NULL, 0, NULL, 0]),
    "open_by_handle_at": (304, 265, [BAD, NULL, 0]),
    "name_to_handle_at": (303, 264, [BAD, NULL, NULL, NULL, 0]),
    "fanotify_init": (300, 262, [0xFFFFFFFF, 0]),
    "kexec_load": (246, 104, [0, 1 << 20, NULL, 0xFFFFFFFF]),
    "kexec_file_load": (320, 294, [BAD, BAD, 0, NULL, 0xFFFFFFFF]),
    "init_module": (175, 105, [NULL, 0, NULL]),
    "finit_module": (313, 273, [BAD, NULL, 0]),
    "delete_module": (176, 106, [NULL, 0]),
    "reboot": (169, 142, [0, 0, 0, NULL]),
    "swapon": (167, 224, [NULL, 0]),
    "swapoff": (168, 225, [NULL]),
    "acct": (163, 89, [1]),
    "quotactl": (179, 60, [0xFFFFFFFF, NULL, 0, NULL]),
    "syslog": (103, 116, [10, NULL, 0]),
    "settimeofday": (164, 170, [1, NULL]),
    "clock_settime": (227, 112, [0xFFFF, NULL]),
    "clock_adjtime": (305, 266, [0, NULL]),
    "sethostname": (170, 161, [NULL, 0xFFFFFFFF]),
    "personality, no randomization": (135, 92, [0x0040000]),
    "personality, 32 bits": (135, 92, [0x0800008]),
    "personality, spelled in 33 bits": (135, 92, [0x0040000 + HIGH]),
    "a core file without limit": (302, 261, [0, 4, "limit", NULL]),
    "vmsplice": (278, 75, [BAD, NULL, 0, 0]),
    "memfd_secret": (447, 447, [0xFFFFFFFF]),
    "move_pages": (279, 239, [0, 0, NULL, NULL, NULL, 0]),
    "mbind": (237, 235, [0, 0, 0, NULL, 0, 0xFFFF]),
    "lookup_dcookie": (212, 18, [0, NULL, 0]),
}
if X86:
    CALLS |= {
        "iopl": (172, None, [4]),
        "ioperm": (173, None, [0, 0, 0]),
        "modify_ldt": (154, None, [0, NULL, 0]),
        "getpid in the x32 ABI": (39 | 0x40000000, None, []),
        "io_uring_setup in the x32 ABI": (425 | 0x40000000, None, [1, NULL]),
    }


def make(numbers, arguments):
    limit = (ctypes.c_ulong * 2)(2**30, 2**30)
    words = [ctypes.addressof(limit) if each == "limit" else each for each in arguments]
    number = numbers[0] if X86 else numbers[1]
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_ulong(word & (2**64 - 1)) for word in words])
    return 0 if result != -1 else ctypes.get_errno()


def int80():
    """getpid in the 32-bit ABI: mov eax, 20; int 0x80; ret."""
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
    return 0 if run() == os.getpid() else errno.ENOSYS


def outcome(attempt):
    pid = os.fork()
    if pid == 0:
        os._exit(attempt())
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return signal.Signals(os.WTERMSIG(status)).name
    code = os.WEXITSTATUS(status)
    return "ok" if code == 0 else errno.errorcode[code]


for name, (*numbers, arguments) in CALLS.items():
    print(name, outcome(lambda: make(numbers, arguments)), sep="\t", flush=True)
if X86:
    print("getpid in the 32-bit ABI", outcome(int80), sep="\t", flush=True)
