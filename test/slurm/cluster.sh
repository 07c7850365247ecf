#!/usr/bin/env bash
# A Slurm cluster of two nodes on one host, for tests.
#   cluster.sh up FOLDER    starts it; then use SLURM_CONF=FOLDER/slurm.conf
#   cluster.sh down FOLDER  stops what `up` started
# Needs root and Debian's slurm-wlm and munge. Ports are free ones, so that clusters do not meet.
set -euo pipefail
action=$1 folder=$2
nodes=2

# Ends the daemons and returns when they are gone; they write while they stop, and some need a second word.
stop_all() {
  local pids
  # A job that was canceled is still completing: a daemon that goes first leaves its step behind.
  for _ in $(seq 1 80); do
    [ -z "$(SLURM_CONF=$folder/slurm.conf timeout 5 squeue -h -t all -o '%T' 2>/dev/null | grep -E 'COMPLETING|RUNNING' || true)" ] && break
    sleep 0.1
  done
  pids=$(cat "$folder"/*.pid "$folder"/node*/slurmd.pid 2>/dev/null || true)
  kill $pids 2>/dev/null || true
  for _ in $(seq 1 50); do
    kill -0 $pids 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL $pids 2>/dev/null || true
  sleep 0.2
}

if [ "$action" = down ]; then stop_all; exit 0; fi

host=$(hostname -s)
mapfile -t ports < <(python3 - <<'P'
import socket
sockets = [socket.socket() for _ in range(3)]
for s in sockets: s.bind(('127.0.0.1', 0))
for s in sockets: print(s.getsockname()[1])
P
)
mkdir -p "$folder/state" "$folder/munge"
chmod 755 "$folder" "$folder/munge"
head -c 128 /dev/urandom > "$folder/munge/key"
chmod 600 "$folder/munge/key"
{
  cat <<C
ClusterName=radiograph
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=5
SlurmctldPort=${ports[0]}
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/%n/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerParameters=batch_sched_delay=1,sched_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmdTimeout=10
KillWait=2
MpiDefault=none
C
  for i in $(seq 1 $nodes); do
    mkdir -p "$folder/node$i"
    echo "NodeName=node$i NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[$i]} CPUs=$(nproc) RealMemory=2000 State=UNKNOWN"
  done
  echo "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP"
} > "$folder/slurm.conf"
export SLURM_CONF=$folder/slurm.conf
munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munged.pid" \
  --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" --num-threads=2
slurmctld -f "$SLURM_CONF" -c
for i in $(seq 1 $nodes); do slurmd -f "$SLURM_CONF" -N "node$i" -c; done
for _ in $(seq 1 300); do
  [ "$(sinfo -h -N -o '%T' 2>/dev/null | grep -c idle)" = $nodes ] && exit 0
  sleep 0.1
done
echo 'the nodes did not come up:' >&2
tail -n 20 "$folder"/*.log >&2
stop_all
exit 1
