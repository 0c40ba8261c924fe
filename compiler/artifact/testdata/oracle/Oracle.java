import java.io.File;
import net.bytebuddy.description.type.TypeDefinition;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.pool.TypePool;
import org.apache.pulsar.functions.utils.FunctionCommon;

/**
 * Asks Pulsar's own code what it finds out about classes, as a function worker does when a component is
 * created. Arguments: jars, each followed by classes in it. Prints a line a class: which interfaces it implements, and
 * its types without and with a window.
 */
public class Oracle {
    private static final String[] INTERFACES = {
        "org.apache.pulsar.functions.api.Function", "java.util.function.Function",
        "org.apache.pulsar.functions.api.WindowFunction", "org.apache.pulsar.io.core.Source",
        "org.apache.pulsar.io.core.BatchSource", "org.apache.pulsar.io.core.Sink", "org.apache.pulsar.functions.api.SerDe",
        "org.apache.pulsar.client.api.Schema", "org.apache.pulsar.client.api.CryptoKeyReader"};

    public static void main(String[] args) throws Exception {
        TypePool pool = null;
        for (int i = 0; i < args.length; i++) {
            if (args[i].endsWith(".jar")) {
                pool = TypePool.Default.of(new ClassFileLocator.Compound(
                        ClassFileLocator.ForClassLoader.ofSystemLoader(), ClassFileLocator.ForJarFile.of(new File(args[i]))));
                continue;
            }
            TypeDescription type = pool.describe(args[i]).resolve();
            StringBuilder line = new StringBuilder(args[i]).append('\t');
            boolean function = false;
            for (int k = 0; k < INTERFACES.length; k++) {
                boolean is = type.isAssignableTo(Class.forName(INTERFACES[k]));
                function |= is && k < 3;
                line.append(is ? "1" : "0");
            }
            line.append('\t').append(function ? types(type, false) : "-").append('\t').append(function ? types(type, true) : "-");
            System.out.println(line);
        }
    }

    private static String types(TypeDescription type, boolean window) {
        try {
            TypeDefinition[] found = FunctionCommon.getFunctionTypes(type, window);
            return found[0].asErasure().getTypeName() + " -> " + found[1].asErasure().getTypeName();
        } catch (RuntimeException e) {
            return "refused";
        }
    }
}
