package dev.darkroom.image.manifest;

import java.util.ArrayList;
import java.util.List;

/** The blocks of a GIF file (GIF89a), as far as the file goes on being one. */
final class GifBlocks {
    /** A frame: its place, its own colours and its pixels. */
    static final String FRAME = "2c";

    private static final int HEADER = 13;
    private static final int FLAGS = 10;
    private static final int FRAME_HEADER = 10;

    private GifBlocks() {}

    /** Returns the offset behind the header and the colours of the whole file; beyond its end if that is missing. */
    static int behindColours(byte[] file) {
        return file.length < HEADER ? HEADER : HEADER + colours(file[FLAGS]);
    }

    /** Returns how many bytes a frame's own colours take. */
    static int coloursOf(byte[] file, FileParts.Part frame) {
        return colours(file[frame.start() + FRAME_HEADER - 1]);
    }

    private static int colours(byte flags) {
        return flags < 0 ? 3 << ((flags & 7) + 1) : 0;
    }

    /** Lists blocks behind the header. The content of an extension begins with its name, where it has one. */
    static List<FileParts.Part> of(byte[] file, int most) {
        List<FileParts.Part> blocks = new ArrayList<>();
        int at = behindColours(file);
        while (at < file.length && blocks.size() < most) {
            int introducer = file[at] & 0xFF;
            if (introducer == 0x3B) {
                blocks.add(new FileParts.Part("3b", at, at + 1, at + 1, 0));
                break;
            }
            boolean isExtension = introducer == 0x21;
            int header = isExtension ? 2 : FRAME_HEADER;
            if ((!isExtension && introducer != 0x2C) || at + header > file.length) {
                break;
            }
            int content = isExtension ? at + 3 : at + FRAME_HEADER;
            int data = isExtension ? at + 2 : at + FRAME_HEADER + colours(file[at + FRAME_HEADER - 1]) + 1;
            int end = behindData(file, data);
            if (end < 0) {
                break;
            }
            String type = isExtension ? "21%02x".formatted(file[at + 1]) : FRAME;
            blocks.add(new FileParts.Part(type, at, end, content, Math.max(0, end - content)));
            at = end;
        }
        return blocks;
    }

    /** Returns the offset behind blocks of data, each with its length before it; -1 if they have no end. */
    private static int behindData(byte[] file, int start) {
        int at = start;
        while (at < file.length && file[at] != 0) {
            at += 1 + (file[at] & 0xFF);
        }
        return at < file.length ? at + 1 : -1;
    }
}
