#!/bin/sh
# sudo of a machine where everyone is root already: takes sudo's options and runs the command.
user= group= shell= directory= background= login= clear=yes
while [ $# -gt 0 ]; do
  case $1 in
    --) shift; break ;;
    -u | --user) user=$2; shift ;;
    --user=*) user=${1#*=} ;;
    -u?*) user=${1#-u} ;;
    -g | --group) group=$2; shift ;;
    --group=*) group=${1#*=} ;;
    -D | --chdir) directory=$2; shift ;;
    --chdir=*) directory=${1#*=} ;;
    -p | --prompt | -C | -T | -h | --host | -r | -t) shift ;;
    -i | --login) login=yes ;;
    -s | --shell) shell=yes ;;
    -b | --background) background=yes ;;
    -V | --version) echo "Sudo version 1.9.0 (stand-in of a throw-away machine)"; exit 0 ;;
    -l | --list) echo "User root may run: (ALL : ALL) ALL"; exit 0 ;;
    -v | --validate | -k | --reset-timestamp | -K | --remove-timestamp) clear= ;;
    --preserve-env | --preserve-env=* | --set-home | --stdin | --non-interactive | --askpass) ;;
    --prompt=* | --host=* | --close-from=*) ;;
    -[EHSnAPBN]*)
      rest=${1#-?}
      if [ -n "$rest" ]; then shift; set -- x "-$rest" "$@"; fi ;;
    -[isb]?*)
      first=${1%"${1#-?}"} rest=${1#-?}
      shift; set -- x "$first" "-$rest" "$@" ;;
    -*) echo "sudo: invalid option -- '${1#-}'" >&2; exit 1 ;;
    [A-Za-z_]*=*) export "$1" ;;
    *) break ;;
  esac
  shift
done
while [ $# -gt 0 ]; do
  case $1 in [A-Za-z_]*=*) export "$1"; shift ;; *) break ;; esac
done
if [ -n "$directory" ]; then cd "$directory" || exit 1; fi
if [ $# -eq 0 ] && [ -z "$login$shell" ]; then
  if [ -z "$clear" ]; then exit 0; fi
  echo "usage: sudo [-u user] [-EHins] [VAR=value] [command]" >&2
  exit 1
fi
name=${user:-root}
case $name in \#*) name=$(id -un "${name#\#}" 2>/dev/null) || exit 1 ;; esac
entry=$(grep "^$name:" /etc/passwd) || { echo "sudo: unknown user $name" >&2; exit 1; }
program=${entry##*:}
export SUDO_USER=root SUDO_UID=0 SUDO_GID=0 SUDO_COMMAND="$*" USER="$name" LOGNAME="$name"
if [ "$name" != root ] || [ -n "$login" ]; then
  HOME=$(echo "$entry" | cut -d: -f6)
  export HOME
fi
if [ -n "$login" ]; then cd "$HOME" 2>/dev/null || cd /; fi
if [ -n "$login$shell" ]; then
  if [ "$name" != root ]; then program=/bin/sh; fi
  if [ $# -gt 0 ]; then set -- "${program:-/bin/sh}" -c "$*"; else set -- "${program:-/bin/sh}"; fi
fi
if [ "$name" != root ] || [ -n "$group" ]; then
  set -- setpriv --reuid "$name" --regid "${group:-$(id -g "$name")}" --init-groups -- "$@"
fi
if [ -n "$background" ]; then
  "$@" </dev/null &
  exit 0
fi
exec "$@"
