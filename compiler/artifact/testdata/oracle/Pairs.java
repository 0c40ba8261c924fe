/** Prints for each pair of the classes that are its arguments whether the first can be assigned to the second. */
public class Pairs {
    public static void main(String[] args) throws Exception {
        for (String from : args) {
            StringBuilder line = new StringBuilder();
            for (String to : args) {
                line.append(find(from) == null || find(to) == null ? "?" : find(to).isAssignableFrom(find(from)) ? "1" : "0");
            }
            System.out.println(line);
        }
    }

    private static Class<?> find(String name) {
        try {
            return Class.forName(name, false, Pairs.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return null; // of a later Java
        }
    }
}
