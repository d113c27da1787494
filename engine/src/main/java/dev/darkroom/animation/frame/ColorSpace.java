package dev.darkroom.animation.frame;

/** Spaces of 8 bits a channel in which colours are matched; bytes of three channels a pixel to the same. */
public enum ColorSpace {
    RGB {
        @Override
        public byte[] from(byte[] rgb) {
            return rgb.clone();
        }

        @Override
        public byte[] toRgb(byte[] channels, int width) {
            return channels.clone();
        }
    },
    /** Hue 0…179, saturation, value. */
    HSV {
        @Override
        public byte[] from(byte[] rgb) {
            return Hsv.from(rgb);
        }

        @Override
        public byte[] toRgb(byte[] channels, int width) {
            return Hsv.toRgb(channels, width);
        }
    },
    /** CIE L*a*b*: lightness scaled to 0…255, a and b shifted by 128. */
    LAB {
        @Override
        public byte[] from(byte[] rgb) {
            return Lab.from(rgb);
        }

        @Override
        public byte[] toRgb(byte[] channels, int width) {
            return Lab.toRgb(channels);
        }
    };

    /** Converts RGB. */
    public abstract byte[] from(byte[] rgb);

    /** Converts back to RGB, rows of a width. */
    public abstract byte[] toRgb(byte[] channels, int width);
}
