/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The file behind a descriptor or behind an address. */
#ifndef MMAPSCOPE_FILE_H
#define MMAPSCOPE_FILE_H

#include <mmapscope/kernel_types.h>

struct mms_file {
	__u64 inode;
	__u64 size;          /* bytes */
	__u32 device;        /* kernel dev_t */
	__u32 found;
};

/*
 * Since 6.2. Gives a type to an address, so that its fields can be read by plain loads: six reads by
 * bpf_probe_read_kernel cost 0.2 us, which is as much as the rest of the program.
 */
extern void *bpf_rdonly_cast(const void *address, __u32 type) __ksym __weak;

#define MMS_CAST(address, type) ((type *)bpf_rdonly_cast(address, bpf_core_type_id_kernel(type)))

/* Filled in by libbpf. */
extern int LINUX_KERNEL_VERSION __kconfig;

/*
 * How overlayfs and the like mark what they map: a file of a layer below, the user's beside it. The bit,
 * FMODE_BACKING, is a macro and so not in the kernel's BTF; 6.14 moved it.
 */
static __always_inline bool mms_file_is_backing(unsigned int mode)
{
	unsigned int backing = LINUX_KERNEL_VERSION >= KERNEL_VERSION(6, 14, 0) ? 1 << 24 : 1 << 25;

	return bpf_core_field_exists(struct backing_file, user_path) && mode & backing;
}

/* Identity as /proc/PID/maps shows it (file_user_inode): of the file that the user opened. */
static __always_inline struct inode *mms_backing_inode(struct file *file)
{
	return BPF_CORE_READ((struct backing_file *)file, user_path.dentry, d_inode);
}

static __always_inline void mms_inode_probe(struct mms_file *out, struct inode *inode)
{
	out->inode = BPF_CORE_READ(inode, i_ino);
	out->size = BPF_CORE_READ(inode, i_size);
	out->device = BPF_CORE_READ(inode, i_sb, s_dev);
	out->found = 1;
}

/* `file` is a pointer that the verifier knows the type of. */
static __always_inline void mms_file_load(struct mms_file *out, struct file *file)
{
	struct inode *inode = file->f_inode;

	if (mms_file_is_backing(file->f_mode)) {
		mms_inode_probe(out, mms_backing_inode(file));
		return;
	}
	out->inode = inode->i_ino;
	out->size = inode->i_size;
	out->device = inode->i_sb->s_dev;
	out->found = 1;
}

/* `file` is an address like any other. */
static __always_inline void mms_file_probe(struct mms_file *out, struct file *file)
{
	if (mms_file_is_backing(BPF_CORE_READ(file, f_mode)))
		mms_inode_probe(out, mms_backing_inode(file));
	else
		mms_inode_probe(out, BPF_CORE_READ(file, f_inode));
}

/* The file open as `fd` in the current process now. */
static __always_inline void mms_file_of_fd(struct mms_file *out, struct task_struct *task, __u32 fd)
{
	struct fdtable *table = task->files->fdt;
	struct file *file = NULL;

	if (fd >= table->max_fds)
		return;
	bpf_probe_read_kernel(&file, sizeof(file), table->fd + fd);
	if (!file)
		return;
	if (bpf_rdonly_cast)
		mms_file_load(out, MMS_CAST(file, struct file));
	else
		mms_file_probe(out, file);
}

static long mms_vma_file(struct task_struct *task, struct vm_area_struct *vma, struct mms_file *out)
{
	struct file *file = vma->vm_file;

	if (file)
		mms_file_load(out, file);
	return 0;
}

/*
 * 0, -ENOENT where nothing is mapped at the address, -EBUSY where mmap_lock is taken. `out` is on the
 * program's stack: the verifier takes nothing else for the call-back's context.
 */
static __always_inline long mms_file_at(struct mms_file *out, struct task_struct *task, __u64 address)
{
	return bpf_find_vma(task, address, mms_vma_file, out, 0);
}

#endif
