package io.mmapscope.agent.ledger;

/** How a return address looks on each processor, and the call before it. */
enum ReturnAddresses {
  X86_64(47, 7) { // FF /2 with SIB and a displacement of 4 bytes

    @Override
    long address(long word) {
      return word;
    }

    /** A near call: E8 rel32 or FF /2. */
    @Override
    boolean endsInCall(byte[] bytes, int length) {
      if (length >= 5 && (bytes[length - 5] & 0xff) == 0xe8) {
        return true;
      }
      for (int size = 2; size <= length; size++) {
        int at = length - size;
        boolean callGroup = (bytes[at] & 0xff) == 0xff && (bytes[at + 1] >> 3 & 7) == 2;
        if (callGroup && size == indirectSize(bytes[at + 1] & 0xff, size > 2 ? bytes[at + 2] & 0xff : 0)) {
          return true;
        }
      }
      return false;
    }

    /** Length of opcode, ModRM, SIB and displacement together. */
    private static int indirectSize(int modRm, int sib) {
      int mod = modRm >> 6;
      int base = modRm & 7;
      if (mod == 3) {
        return 2;
      }
      int sibSize = base == 4 ? 1 : 0;
      boolean noBase = mod == 0 && (base == 5 || base == 4 && (sib & 7) == 5);
      int displacement = mod == 1 ? 1 : mod == 2 || noBase ? 4 : 0;
      return 2 + sibSize + displacement;
    }
  },

  AARCH64(48, 4) {

    /**
     * Without the pointer authentication code, which functions built for it sign their return address with. It is in the
     * bits that an address does not have, but for bit 55, which tells the kernel's from the user's.
     */
    @Override
    long address(long word) {
      return (word & 1L << 55) == 0 ? word & (1L << 48) - 1 : 0;
    }

    /** BL, or BLR in any of its forms. */
    @Override
    boolean endsInCall(byte[] bytes, int length) {
      if (length < 4) {
        return false;
      }
      int instruction = 0;
      for (int i = 1; i <= 4; i++) {
        instruction = instruction << 8 | bytes[length - i] & 0xff;
      }
      boolean direct = (instruction & 0xfc000000) == 0x94000000;
      boolean indirect = (instruction & 0xfffffc1f) == 0xd63f0000;
      boolean authenticated = (instruction & 0xfefff800) == 0xd63f0800;
      return direct || indirect || authenticated;
    }
  };

  private final long end;
  private final int longestCall;

  ReturnAddresses(int addressBits, int longestCall) {
    this.end = 1L << addressBits;
    this.longestCall = longestCall;
  }

  static ReturnAddresses ofThisJvm() {
    return System.getProperty("os.arch").equals("aarch64") ? AARCH64 : X86_64;
  }

  /** The address that a word of the stack stands for; meaningless where it stands for none. */
  abstract long address(long word);

  /** True where the last of {@code length} bytes is the last of a call instruction. */
  abstract boolean endsInCall(byte[] bytes, int length);

  /** The first address that no user's program has. */
  long end() {
    return end;
  }

  /** Length of the longest call instruction, in bytes. */
  int longestCall() {
    return longestCall;
  }
}
