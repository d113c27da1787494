package dev.darkroom.image;

import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.job.FileFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a picture's file says beside its pixels.
 *
 * @param parameters what the picture was made from, for the file's metadata; null for nothing. A text too long for JPEG (32,000
 *     characters) is left out there
 * @param label how the picture came about; null for nothing
 * @param seal what is done to the file last
 */
public record Inscription(
        @Nullable String parameters, @Nullable Label label, Seal seal) {
    /** Nothing beside the pixels. */
    public static final Inscription NONE = of(null);

    /** Parameters alone. */
    public static Inscription of(@Nullable String parameters) {
        return new Inscription(parameters, null, Seal.NONE);
    }

    /** Returns IPTC's word for how the picture came about; null where nothing is to be said of it. */
    public @Nullable String sourceType() {
        return label == null ? null : label.sourceType();
    }

    /** Returns the same, of a file that is not finished by anybody. */
    Inscription unsealed() {
        return new Inscription(parameters, label, Seal.NONE);
    }

    /**
     * How a picture came about, in XMP.
     *
     * @param sourceType IPTC's name for it, such as {@code trainedAlgorithmicMedia}
     * @param creatorTool program that made it, with its version
     */
    public record Label(String sourceType, String creatorTool) {
        /** Returns the XMP packet that says so. */
        public String xmp() {
            return xmp("");
        }

        /** Returns one that says so, and describes the file in these words. */
        public String xmp(String description) {
            String attributes = " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\""
                    + " xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\""
                    + " xmp:CreatorTool=\"" + creatorTool + "\""
                    + " Iptc4xmpExt:DigitalSourceType=\"" + XmpPacket.SOURCE_TYPES + sourceType + "\"";
            return packet(attributes, description);
        }

        /** Returns an XMP packet that describes a file in these words and says nothing else. */
        public static String described(String description) {
            return packet("", description);
        }

        private static String packet(String attributes, String description) {
            String rest = description.isEmpty()
                    ? "/>"
                    : "><dc:description xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><rdf:Alt>"
                            + "<rdf:li xml:lang=\"x-default\">" + escaped(description)
                            + "</rdf:li></rdf:Alt></dc:description></rdf:Description>";
            return "<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>"
                    + "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
                    + "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\""
                    + attributes + rest + "</rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";
        }

        /** What XML has no characters for becomes a space. */
        private static String escaped(String text) {
            return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uFFFE\\uFFFF]", " ")
                    .replace("&", "&amp;")
                    .replace("<", "&lt;")
                    .replace(">", "&gt;");
        }

        /** Returns the same in words, for files that have a comment. */
        public String comment() {
            return "Made by a model: " + sourceType + " (" + XmpPacket.SOURCE_TYPES + sourceType + "), " + creatorTool;
        }
    }

    /** Finishes a file, as a signature does: nothing may change it afterwards. */
    @FunctionalInterface
    public interface Seal {
        /** Leaves files as they are. */
        Seal NONE = (file, format) -> file;

        /** Returns the finished file. */
        byte[] sealed(byte[] file, FileFormat format);
    }
}
