package dev.darkroom.credentials.reading;

import dev.darkroom.credentials.jumbf.SuperBox;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the content credentials of a file say, and whether they hold.
 *
 * @param findings what was checked, and how that came out
 * @param trusted true if the certificates of whoever signed the picture, and of whoever signed additions, lead to some that the operator trusts
 * @param signer name in the signer's certificate; empty where there is none to read
 * @param issuer name of whoever gave the signer the certificate
 * @param time when an authority that the operator trusts saw the signature
 * @param generator program that made the credentials; empty where they do not say
 * @param model that drew the picture, with its revision; empty where no model did
 * @param sourceType last word of IPTC's address for how the picture came about
 * @param unsignedBytes bytes of the file, beside the credentials themselves, that may be anything: the signature leaves them out
 * @param ingredients pictures that it was made from
 * @param manifests those of the file that belong to the picture, its own last; none where one of them does not hold in itself
 */
public record Credentials(
        Findings findings,
        boolean trusted,
        String signer,
        String issuer,
        Optional<Instant> time,
        String generator,
        Optional<String> model,
        Optional<String> sourceType,
        long unsignedBytes,
        List<Ingredient> ingredients,
        List<SuperBox> manifests) {
    /**
     * A picture that the file's was made from.
     *
     * @param title as its maker named it
     * @param relationship in C2PA's words, such as {@code parentOf}
     * @param credentials true if its own credentials are there
     * @param valid true if these hold, as far as can be told without its file
     */
    public record Ingredient(String title, String relationship, boolean credentials, boolean valid) {}

    /** Returns credentials that cannot be read. */
    static Credentials unreadable(Findings findings) {
        return new Credentials(
                findings,
                false,
                "",
                "",
                Optional.empty(),
                "",
                Optional.empty(),
                Optional.empty(),
                0,
                List.of(),
                List.of());
    }

    /** Returns true if the file is as it was signed, and whoever signed it had a certificate for that. */
    public boolean valid() {
        return findings.valid();
    }

    /**
     * Returns true if nothing is wrong but that they say which file they are about in a way that is not read here: then they are not valid, but
     * may be so for others.
     */
    public boolean undecided() {
        return !valid() && findings.concernOnly(Set.of(FileBinding.UNKNOWN));
    }
}
