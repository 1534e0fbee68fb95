#!/bin/sh
# SPDX-License-Identifier: MIT
# The Slurm script of docs/scale.md as a real job array of four tasks over 1,000 images: the union is one run's.
#
# Needs Debian's slurm-wlm and munge, and root. EXIFNORM names the program.
. "$(dirname "$0")/../cli/lib.sh"

if ! is_root || ! command -v slurmctld >/dev/null || ! command -v slurmd >/dev/null || ! command -v munged >/dev/null; then
    skipped "a Slurm array: it wants root, slurm-wlm and munge"
    finish
fi
mkdir bin in log state spool
chmod 755 "$scratch"
ln -s "$EXIFNORM" bin/exifnorm
i=0
while [ $i -lt 500 ]; do
    folder=in/$((i % 10))
    mkdir -p $folder
    cp "$testdata/jpeg/landscape-$((i % 8 + 1)).jpg" $folder/j$i.jpg
    cp "$testdata/png/rgb8-$((i % 8 + 1)).png" $folder/p$i.png
    echo "label $i" >$folder/j$i.json
    i=$((i + 1))
done
runs 0 in whole --report=whole.jsonl
rm out # the log of that run has the name that the scripts give to a folder
cat >slurm.conf <<END
ClusterName=test
SlurmctldHost=localhost
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
StateSaveLocation=$scratch/state
SlurmdSpoolDir=$scratch/spool
SlurmctldPidFile=$scratch/slurmctld.pid
SlurmdPidFile=$scratch/slurmd.pid
SlurmctldLogFile=$scratch/log/slurmctld
SlurmdLogFile=$scratch/log/slurmd
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SwitchType=switch/none
ReturnToService=2
NodeName=localhost CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=p Nodes=localhost Default=YES MaxTime=INFINITE State=UP
END
SLURM_CONF=$scratch/slurm.conf
export SLURM_CONF
stop() {
    for pid in slurmd.pid slurmctld.pid; do
        [ ! -s "$scratch/$pid" ] || kill "$(cat "$scratch/$pid")" 2>/dev/null
    done
    [ -z "$own_munge" ] || kill "$(cat /run/munge/munged.pid)" 2>/dev/null
}
trap 'stop; sleep 1; rm -rf "$scratch"' EXIT
own_munge=
if ! munge -n >/dev/null 2>&1; then
    own_munge=1
    for folder in /run/munge /var/log/munge /var/lib/munge; do
        mkdir -p $folder
        chown munge:munge $folder
    done
    runuser -u munge -- munged
fi
slurmctld && slurmd -N localhost
i=0
while [ $i -lt 60 ] && ! sinfo -h -o %T 2>/dev/null | grep -qE 'idle|mixed'; do
    sleep 1
    i=$((i + 1))
done
is "the node" "$(sinfo -h -o %T)" idle
sed -n '/^```sh slurm$/,/^```$/p' "$testdata/../docs/scale.md" | sed '1d;$d' >job
PATH=$scratch/bin:$PATH timeout 300 sbatch --wait --chdir="$scratch" job >sbatch.out 2>err
is "exit status of the array" $? 0
cat sbatch.out slurm-*.out 2>/dev/null
is "tasks that ran" "$(ls report.[0-3].jsonl | wc -l)" 4
check "the union is the whole" diff -r whole out
items whole.jsonl | sort >wanted
for n in 0 1 2 3; do
    items report.$n.jsonl >part
    check "task $n had its share" test "$(wc -l <part)" -gt 250
    cat part >>all
done
sort all >found
same wanted found
is "items" "$(wc -l <found)" 1500
no_temporary out
finish
