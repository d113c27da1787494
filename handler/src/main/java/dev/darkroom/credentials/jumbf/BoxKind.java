package dev.darkroom.credentials.jumbf;

/** The kinds of superboxes in content credentials, by the first four letters of their ids. */
public enum BoxKind {
    STORE("c2pa"),
    MANIFEST("c2ma"),
    UPDATE_MANIFEST("c2um"),
    ASSERTIONS("c2as"),
    CLAIM("c2cl"),
    SIGNATURE("c2cs"),
    CBOR("cbor");

    private final String letters;

    BoxKind(String letters) {
        this.letters = letters;
    }

    String letters() {
        return letters;
    }
}
