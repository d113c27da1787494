package dev.darkroom.video;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** The archive of a film's frames, as this program writes it: each a PNG file, held as it is. */
public final class FrameArchive {
    /** The earliest that ZIP knows: the bytes must not depend on when they were written. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    /** Length in bytes of the end of an archive without its comment. */
    private static final int END = 22;

    private static final int END_SIGNATURE = 0x06054b50;

    /** Part of an archive that it may grow by without room having to be found again. */
    private static final int GROWTH = 8;

    private FrameArchive() {}

    /** Adds a frame's file to an archive that is written. */
    static void put(ZipOutputStream zip, String name, byte[] png) throws IOException {
        var entry = new ZipEntry(name);
        entry.setTimeLocal(NO_TIME);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(png.length);
        var checksum = new CRC32();
        checksum.update(png);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(png);
        zip.closeEntry();
    }

    /** Returns an archive of the same frames, each of whose files was finished, as by a signature. */
    public static byte[] finished(byte[] archive, UnaryOperator<byte[]> finish) {
        var bytes = new ByteArrayOutputStream(archive.length + archive.length / GROWTH);
        try (var in = new ZipInputStream(new ByteArrayInputStream(archive));
                var out = new ZipOutputStream(bytes)) {
            out.setComment(comment(archive));
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                put(out, entry.getName(), finish.apply(in.readAllBytes()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an archive of this program, in memory
        }
        return bytes.toByteArray();
    }

    /** Returns the first frame's file. */
    public static Optional<byte[]> first(byte[] archive) {
        try (var in = new ZipInputStream(new ByteArrayInputStream(archive))) {
            return in.getNextEntry() == null ? Optional.empty() : Optional.of(in.readAllBytes());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String comment(byte[] archive) {
        ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = archive.length - END; at >= 0; at--) {
            if (bytes.getInt(at) == END_SIGNATURE && bytes.getShort(at + END - 2) == archive.length - at - END) {
                return new String(archive, at + END, archive.length - at - END, StandardCharsets.UTF_8);
            }
        }
        return "";
    }
}
