# Ends what a set of brokers started, when its JVM died without doing so itself.
# $1: the set's temporary folder. Standard input: "own PID START" for each process as it starts, and
# "end" when the set was closed; the input's end without that word means that the JVM is gone.
trap '' INT TERM HUP QUIT
folder=$1
owned=''
while read -r verb rest; do
  case $verb in
    own) owned="$owned$rest
" ;;
    end) exit 0 ;;
  esac
done

# When the process with this pid started: a reused pid has another start.
start_of() {
  if [ -r /proc/self/stat ]; then
    read -r stat < "/proc/$1/stat" || return 1
    stat=${stat##*) }
    # shellcheck disable=SC2086
    set -- $stat
    echo "${20}"
  else
    ps -o lstart= -p "$1" | tr -s ' ' | sed 's/^ //; s/ $//'
  fi
}

announced() {
  printf '%s' "$owned" | while read -r pid start; do
    [ "$(start_of "$pid")" = "$start" ] && echo "$pid"
  done
}

# Descendants, and whatever was started so late that it could not be announced, inherited the mark.
marked() {
  grep -lF "COMMS_BROKERS_FOLDER=$folder/" /proc/[0-9]*/environ | cut -d/ -f3
}

# Programs that were unpacked into the folder and detached, as PostgreSQL does.
inside() {
  if [ -r /proc/self/stat ]; then
    ls -l /proc/[0-9]*/exe | while read -r line; do
      case ${line#* -> } in
        "$folder"/*)
          line=${line#* /proc/}
          echo "${line%%/*}"
          ;;
      esac
    done
  else
    ps -axo pid=,comm= | while read -r pid program; do
      case $program in "$folder"/*) echo "$pid" ;; esac
    done
  fi
}

# Asks again every 100 ms, at most $1 times, until the question $2 has no answer.
none_within() {
  left=$1
  while [ "$left" -gt 0 ] && [ -n "$($2)" ]; do
    sleep 0.1
    left=$((left - 1))
  done
}

all() {
  announced
  marked
  inside
}

for pid in $(announced) $(marked); do kill -KILL "$pid"; done
# PostgreSQL's immediate shutdown: killed, it would leave its shared memory behind
for pid in $(inside); do kill -QUIT "$pid"; done
none_within 30 inside
for pid in $(inside) $(marked); do kill -KILL "$pid"; done
none_within 50 all
case $folder in
  */comms-brokers-*) rm -rf "$folder" ;;
esac
