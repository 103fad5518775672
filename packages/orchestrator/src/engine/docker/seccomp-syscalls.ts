/**
 * What shells, git, Node, Python, compilers, PostgreSQL and HAProxy call. Everything else is refused,
 * among it: io_uring, bpf, userfaultfd, perf events, key rings, every way to mount or to enter or
 * make a namespace, modules, kexec, ptrace and reading another process's memory, handles to files
 * outside the mount, raw port access, clocks, swap, quotas, accounting.
 */
export const allowedSyscalls: readonly string[] = [
  // files
  ...['access', 'chdir', 'chmod', 'chown', 'close', 'close_range', 'copy_file_range', 'creat'],
  ...['dup', 'dup2', 'dup3', 'faccessat', 'faccessat2', 'fadvise64', 'fallocate', 'fchdir'],
  ...['fchmod', 'fchmodat', 'fchmodat2', 'fchown', 'fchownat', 'fcntl', 'fdatasync', 'fgetxattr'],
  ...['flistxattr', 'flock', 'fremovexattr', 'fsetxattr', 'fstat', 'fstatfs', 'fsync', 'ftruncate'],
  ...['futimesat', 'getcwd', 'getdents', 'getdents64', 'getxattr', 'inotify_add_watch'],
  ...['inotify_init', 'inotify_init1', 'inotify_rm_watch', 'ioctl', 'lchown', 'lgetxattr', 'link'],
  ...['linkat', 'listxattr', 'llistxattr', 'lremovexattr', 'lseek', 'lsetxattr', 'lstat', 'mkdir'],
  ...['mkdirat', 'mknod', 'mknodat', 'newfstatat', 'open', 'openat', 'openat2', 'pread64'],
  ...['preadv', 'preadv2', 'pwrite64', 'pwritev', 'pwritev2', 'read', 'readahead', 'readlink'],
  ...['readlinkat', 'readv', 'removexattr', 'rename', 'renameat', 'renameat2', 'rmdir'],
  ...['sendfile', 'setxattr', 'splice', 'stat', 'statfs', 'statx', 'symlink', 'symlinkat', 'sync'],
  ...['sync_file_range', 'syncfs', 'tee', 'truncate', 'umask', 'unlink', 'unlinkat', 'utime'],
  ...['utimensat', 'utimes', 'write', 'writev', 'io_cancel', 'io_destroy', 'io_getevents'],
  ...['io_pgetevents', 'io_setup', 'io_submit'],
  // waiting
  ...['epoll_create', 'epoll_create1', 'epoll_ctl', 'epoll_pwait', 'epoll_pwait2', 'epoll_wait'],
  ...['eventfd', 'eventfd2', 'pause', 'pipe', 'pipe2', 'poll', 'ppoll', 'pselect6', 'select'],
  ...['signalfd', 'signalfd4', 'timerfd_create', 'timerfd_gettime', 'timerfd_settime'],
  // memory
  ...['brk', 'madvise', 'membarrier', 'memfd_create', 'mincore', 'mlock', 'mlock2', 'mlockall'],
  ...['mmap', 'mprotect', 'mremap', 'msync', 'munlock', 'munlockall', 'munmap', 'pkey_alloc'],
  ...['pkey_free', 'pkey_mprotect', 'shmat', 'shmctl', 'shmdt', 'shmget', 'semctl', 'semget'],
  ...['semop', 'semtimedop', 'msgctl', 'msgget', 'msgrcv', 'msgsnd'],
  // sockets; `socket` and `socketpair` are allowed by family, below
  ...['accept', 'accept4', 'bind', 'connect', 'getpeername', 'getsockname', 'getsockopt', 'listen'],
  ...['recvfrom', 'recvmmsg', 'recvmsg', 'sendmmsg', 'sendmsg', 'sendto', 'setsockopt', 'shutdown'],
  // processes; `clone`, `personality` and the limits are allowed by argument, below
  ...['arch_prctl', 'capget', 'capset', 'execve', 'execveat', 'exit', 'exit_group', 'fork'],
  ...['futex', 'futex_waitv', 'get_robust_list', 'get_thread_area', 'getegid', 'geteuid', 'getgid'],
  ...['getgroups', 'getpgid', 'getpgrp', 'getpid', 'getppid', 'getpriority', 'getresgid'],
  ...['getresuid', 'getrlimit', 'getrusage', 'getsid', 'gettid', 'getuid', 'ioprio_get'],
  ...['ioprio_set', 'kill', 'landlock_add_rule', 'landlock_create_ruleset'],
  ...['landlock_restrict_self', 'pidfd_open', 'pidfd_send_signal', 'prctl', 'restart_syscall'],
  ...['rseq', 'rt_sigaction', 'rt_sigpending', 'rt_sigprocmask', 'rt_sigqueueinfo', 'rt_sigreturn'],
  ...['rt_sigsuspend', 'rt_sigtimedwait', 'rt_tgsigqueueinfo', 'sched_get_priority_max'],
  ...['sched_get_priority_min', 'sched_getaffinity', 'sched_getattr', 'sched_getparam'],
  ...['sched_getscheduler', 'sched_rr_get_interval', 'sched_setaffinity', 'sched_setattr'],
  ...['sched_setparam', 'sched_setscheduler', 'sched_yield', 'seccomp', 'set_robust_list'],
  ...['set_thread_area', 'set_tid_address', 'setfsgid', 'setfsuid', 'setgid', 'setgroups'],
  ...['setpgid', 'setpriority', 'setregid', 'setresgid', 'setresuid', 'setreuid', 'setsid'],
  ...['setuid', 'sigaltstack', 'tgkill', 'tkill', 'vfork', 'wait4', 'waitid'],
  // time and the machine, read only
  ...['alarm', 'clock_getres', 'clock_gettime', 'clock_nanosleep', 'getcpu', 'getitimer'],
  ...['getrandom', 'gettimeofday', 'nanosleep', 'setitimer', 'sysinfo', 'time', 'timer_create'],
  ...['timer_delete', 'timer_getoverrun', 'timer_gettime', 'timer_settime', 'times', 'uname'],
]
