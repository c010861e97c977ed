#!/bin/sh
# slurm.sh - an example for Slurm: trains by one rank on each of 8 nodes, and goes on where the job before ended.
#
# usage: sbatch scripts/slurm.sh       in a folder that all nodes share, after changing what follows
#
#SBATCH --job-name=nce2vec
#SBATCH --nodes=8
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=16
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
# SIGTERM reaches all ranks five minutes before the time is over: they save the training and end.
#SBATCH --signal=TERM@300

checkpoint=model.checkpoint.n2v # rank 0 writes it: a folder that node 0 of the next job has, too

if [ -e "$checkpoint" ]; then
    set -- --resume "$checkpoint"
else
    set -- text.txt.gz -o model.n2v --checkpoint "$checkpoint" # all nodes read text.txt.gz
fi

# srun starts Open MPI and MPICH by itself where Slurm has PMIx (srun --mpi=list). Else, with Open MPI:
# mpirun --map-by ppr:1:node --bind-to none --mca odls_base_sigkill_timeout 600 nce2vec train ...
srun --mpi=pmix --cpus-per-task="$SLURM_CPUS_PER_TASK" nce2vec train "$@" --threads "$SLURM_CPUS_PER_TASK"
status=$?

# 143: ended by SIGTERM and saved. scancel sends SIGTERM, too; then the job no longer exists and is not queued again.
# To save without ending: scancel --signal=USR1 JOB.
[ "$status" = 143 ] && [ -e "$checkpoint" ] && scontrol requeue "$SLURM_JOB_ID"
exit "$status"
