# shellcheck shell=bash
# What scripts and end-to-end tests do about mounts. Source it.

# unmount_below FOLDER: the volumes in memory that pods of a stopped agent left there.
unmount_below() {
    awk -v folder="$(realpath -m "$1")/" 'index($2, folder) == 1 {print $2}' /proc/mounts | sort -r | xargs -r umount -l
}
