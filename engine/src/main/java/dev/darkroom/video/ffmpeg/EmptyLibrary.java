package dev.darkroom.video.ffmpeg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A shared library with nothing in it, for the loader of Linux on x86-64. FFmpeg's executable is linked against libraries of windows and
 * sound, whose functions it looks up when they are first called, which is never here: with these in their place it starts on a server that
 * has none of them, and no child process has their code.
 *
 * <p>The layout is that of the ELF specification and of the System V ABI.
 */
final class EmptyLibrary {
    private static final int HEADER = 64;
    private static final int SEGMENT = 56;
    private static final int SEGMENTS = 3;
    private static final int DYNAMIC = HEADER + SEGMENTS * SEGMENT;
    private static final int TAG = 16;
    private static final int TAGS = 5;
    private static final int SYMBOLS = DYNAMIC + TAGS * TAG;
    private static final int SYMBOL = 24;
    private static final int STRINGS = SYMBOLS + SYMBOL;
    private static final int LENGTH = STRINGS + 8;

    private static final int READ_WRITE = 6;
    private static final int PAGE = 4096;

    private EmptyLibrary() {}

    /** Makes the library's file. */
    static byte[] file() {
        ByteBuffer file = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        header(file);
        segment(file, 1, 0, LENGTH, PAGE); // loaded
        segment(file, 2, DYNAMIC, TAGS * TAG, 8); // dynamic
        segment(file, 0x6474E551, 0, 0, TAG); // the stack need not be executable
        tag(file, 5, STRINGS);
        tag(file, 6, SYMBOLS);
        tag(file, 10, 1); // length of strings
        tag(file, 11, SYMBOL);
        return file.array();
    }

    private static void header(ByteBuffer file) {
        file.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1}).position(16);
        file.putShort((short) 3).putShort((short) 62).putInt(1); // shared, x86-64
        file.putLong(0).putLong(HEADER).putLong(0).putInt(0);
        file.putShort((short) HEADER).putShort((short) SEGMENT).putShort((short) SEGMENTS);
        file.position(HEADER);
    }

    private static void segment(ByteBuffer file, int type, long at, long length, long alignment) {
        file.putInt(type).putInt(READ_WRITE); // the loader writes addresses into the tags
        file.putLong(at).putLong(at).putLong(at).putLong(length).putLong(length).putLong(alignment);
    }

    private static void tag(ByteBuffer file, long name, long value) {
        file.putLong(name).putLong(value);
    }
}
