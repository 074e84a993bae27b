import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.valifylink.NationalId;
import org.valifylink.Preset;
import org.valifylink.PresetName;
import org.valifylink.Secret;
import org.valifylink.ValifyConfig;
import org.valifylink.ValifyLink;
import org.valifylink.Webhooks;

/** The first uses of the library in this JVM: `loads` where it is in the jar, `refuses` where it is not. */
public final class Bare {
    private static final Path HERE = Path.of("").toAbsolutePath();
    private static final Path MAPS = Path.of("/proc/self/maps");

    public static void main(String[] arguments) throws IOException {
        var auth = new Preset(PresetName.X_VALIFY_SIGNATURE_UNVERIFIED, Map.of("a", Secret.utf8("fake-webhook-secret-0001")));
        var uses =
                List.<Supplier<Object>>of(
                        () -> Webhooks.sign(auth, new byte[1]),
                        () -> new ValifyLink(ValifyConfig.builder("fake-api-key-0001").build()),
                        () -> NationalId.parse("30101010100009"));
        for (var use : uses) {
            if (arguments[0].equals("loads")) use.get();
            else expectRefusal(use);
        }
        expect(loaded().stream().noneMatch(line -> line.contains(HERE.toString())), "it was taken from " + HERE);
        if (arguments[0].equals("refuses")) {
            expect(loaded().isEmpty(), "it was loaded: " + loaded());
            // Where it lies it would have been found: by its name, which nothing here may ask for.
            NativeLibrary.getInstance("valify_link_core");
            expect(!Files.exists(MAPS) || !loaded().isEmpty(), "it does not lie where it would be found");
        }
        System.out.println(arguments[0]);
    }

    private static void expectRefusal(Supplier<Object> use) {
        try {
            use.get();
        } catch (LinkageError refused) {
            var said = new StringBuilder();
            for (Throwable error = refused; error != null; error = error.getCause()) said.append(error).append('\n');
            var resource = "/" + Platform.RESOURCE_PREFIX + "/" + System.mapLibraryName("valify_link_core");
            var platform = System.getProperty("os.name") + ", " + System.getProperty("os.arch");
            for (var part : List.of("no native library", resource, platform, "Use the jar", "bindings-uniffi/kotlin/prepare", "jna.tmpdir")) {
                expect(said.toString().contains(part), part + " is not in: " + said);
            }
            return;
        }
        throw new AssertionError("it ran without its library");
    }

    /** Where the system tells it: what of the library is in this process. */
    private static List<String> loaded() throws IOException {
        if (!Files.exists(MAPS)) return List.of();
        return Files.readAllLines(MAPS).stream().filter(line -> line.contains("valify_link_core") || line.contains(HERE.toString())).toList();
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) throw new AssertionError(otherwise);
    }
}
