"""Programs of which the tables know a package, but that a newcomer has.

A slim container may lack some of them; whoever sits in front of a computer does not.
"""

from __future__ import annotations

__all__ = ["PROGRAMS"]

PROGRAMS = frozenset(
    (
        # a system's own
        "adduser addgroup apropos awk bunzip2 bzip2 cmp column crontab diff ed file free fuser "
        "gawk getconf groupadd hexdump hg host ifconfig ip journalctl killall ldd less look lsblk "
        "lsb_release lsmod lsof lspci lsusb man mkpasswd mount netstat nslookup passwd patch perl "
        "pgrep ping pkill ps pstree route sed ss sudo sysctl systemctl time top traceroute ts "
        "umount unshare uptime useradd usermod vmstat watch whatis xxd xz unxz locale-gen modprobe "
        "insmod fdisk dmidecode update-ca-certificates visudo "
        # what every machine to work on has
        "curl gpg openssl ssh ssh-add ssh-agent ssh-copy-id ssh-keygen scp sftp python python3 "
        # an editor and a desktop of the reader's own choice
        "emacs emacsclient nano nvim pico vi vim vimtutor micro xdg-open xclip convert "
        # names that are words, too
        "at age as ld nm strip expect pass sl fish host n next"
    ).split()
)
