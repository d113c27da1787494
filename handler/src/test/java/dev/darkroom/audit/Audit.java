package dev.darkroom.audit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** {@code make audit}: licences of all that is shipped, and known vulnerabilities where the database of them can be reached. */
public final class Audit {
    private Audit() {}

    /** @param arguments the bill of materials, and the database's address */
    public static void main(String... arguments) throws IOException, InterruptedException {
        System.exit(audit(Path.of(arguments[0]), URI.create(arguments[1])) ? 0 : 1);
    }

    /** Prints what was found; false if there is anything to mend. */
    static boolean audit(Path file, URI database) throws IOException, InterruptedException {
        Bom bom = Bom.read(file);
        List<Bom.Component> notAllowed = bom.notAllowed();
        System.out.printf(
                "licences         %d libraries, %d with one that is not known to be fine%n",
                bom.components().size(), notAllowed.size());
        notAllowed.forEach(component -> System.out.printf("  %s  %s%n", component.purl(), component.licences()));

        Map<String, TreeSet<String>> vulnerable;
        try {
            vulnerable = new Osv(database)
                    .vulnerabilities(
                            bom.components().stream().map(Bom.Component::purl).toList());
        } catch (IOException e) {
            System.out.printf("vulnerabilities  NOT LOOKED UP: %s is not to be had (%s)%n", database, e);
            return notAllowed.isEmpty();
        }
        System.out.printf("vulnerabilities  %d libraries with known ones%n", vulnerable.size());
        vulnerable.forEach((purl, ids) -> System.out.printf("  %s  %s%n", purl, String.join(" ", ids)));
        return notAllowed.isEmpty() && vulnerable.isEmpty();
    }
}
