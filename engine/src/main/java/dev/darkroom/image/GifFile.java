package dev.darkroom.image;

import dev.darkroom.job.Size;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The first picture of a GIF file: a canvas, and the part of it that the file's first frame covers.
 *
 * @param canvas as large as the file says, or where the frame is beyond that, as it needs
 * @param left of the frame on the canvas
 * @param top of the frame on the canvas
 */
record GifFile(Size canvas, int left, int top) {
    private static final int SCREEN = 6;
    private static final int FLAGS = 10;
    private static final int HEADER = 13;
    private static final int FRAME = 0x2C;
    private static final int EXTENSION = 0x21;
    private static final int FRAME_HEADER = 10;

    /**
     * Finds the first frame.
     *
     * @throws DamagedPictureException if there is none
     */
    static GifFile of(byte[] file) throws DamagedPictureException {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int at = file.length < HEADER ? file.length : HEADER + colours(file[FLAGS]);
        while (at + FRAME_HEADER <= file.length && file[at] != FRAME) {
            if (file[at] != EXTENSION) {
                throw new DamagedPictureException("it holds no picture");
            }
            at += 2;
            while (at < file.length && file[at] != 0) {
                at += 1 + (file[at] & 0xFF);
            }
            at++;
        }
        if (at + FRAME_HEADER > file.length) {
            throw DamagedPictureException.tooShort();
        }
        int left = side(bytes, at + 1);
        int top = side(bytes, at + 3);
        int width = Math.max(side(bytes, SCREEN), left + side(bytes, at + 5));
        int height = Math.max(side(bytes, SCREEN + 2), top + side(bytes, at + 7));
        if (side(bytes, at + 5) == 0 || side(bytes, at + 7) == 0) {
            throw new DamagedPictureException("its first frame is empty");
        }
        return new GifFile(new Size(width, height), left, top);
    }

    private static int side(ByteBuffer bytes, int at) {
        return Short.toUnsignedInt(bytes.getShort(at));
    }

    /** Returns the length of the table of colours behind a header. */
    private static int colours(byte flags) {
        return flags < 0 ? 3 << ((flags & 7) + 1) : 0;
    }
}
